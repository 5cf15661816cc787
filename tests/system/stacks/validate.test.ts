// The real Terraform takes every stack, with the real provider's schema where the provider can be had.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { synthesised, type Variant, variantNames } from "../../unit/stacks/variants.ts";
import { hasTerraform, quietly, terraformBinary } from "./requirements.ts";

const folder = mkdtempSync(join(tmpdir(), "bednet-validate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const terraform = (variant: Variant, ...argv: string[]): string => {
  const spaces = { AWS_ACCESS_KEY_ID: "nobody", AWS_SECRET_ACCESS_KEY: "nothing", AWS_MAX_ATTEMPTS: "1" };
  const env = { ...quietly, ...spaces, TF_DATA_DIR: join(folder, variant, "data") };
  const options = { env, encoding: "utf8" } as const;
  const argument = `-chdir=${join(folder, variant)}`;
  const { status, stdout, stderr } = spawnSync(terraformBinary, [argument, ...argv, "-no-color"], options);
  return status === 0 ? "done" : `${stdout}${stderr}`;
};
/** Without the backend: neither a Space nor a state server is there. */
const begin = (variant: Variant, change = (json: string): string => json): string => {
  mkdirSync(join(folder, variant), { recursive: true });
  writeFileSync(join(folder, variant, "cdk.tf.json"), change(synthesised(variant)));
  return terraform(variant, "init", "-backend=false");
};

const builtIn = variantNames.filter((name) => name.startsWith("existing"));
const others = variantNames.filter((name) => !builtIn.includes(name));
const missing = hasTerraform ? begin(others[0]!) : "there is no terraform";
if (missing !== "done") process.stderr.write(`SKIPPED: stacks with the real provider, for want of it:\n${missing}\n`);

describe.skipIf(!hasTerraform)("offline", () => {
  test.each(builtIn)("%s", (variant) => {
    expect(begin(variant)).toBe("done");
    expect(terraform(variant, "validate")).toBe("done");
  });

  test("what Terraform does not know is refused", () => {
    expect(begin("existing", (json) => json.replaceAll('"triggers_replace"', '"triggers"'))).toBe("done");
    expect(terraform("existing", "validate")).toContain("Extraneous JSON object property");
  });
});

/** Terraform reads a backend's settings before it calls: at a port where nobody answers. */
describe.skipIf(!hasTerraform)("the state's backend is understood", () => {
  const nobody = "http://127.0.0.1:9";
  test.each([
    ["spaces", [`-backend-config=endpoints={s3="${nobody}"}`, "-backend-config=use_path_style=true"]],
    ["existing-http", [`-backend-config=address=${nobody}`, "-backend-config=retry_max=0"]],
  ] as const)("%s", (variant, settings) => {
    begin(variant);
    expect(terraform(variant, "init", "-reconfigure", ...settings)).toContain("connection refused");
  });
});

// The name is known to cli/bootstrap/test.mjs.
describe.skipIf(missing !== "done")("with the real provider", () => {
  test.each(others)("%s", (variant) => {
    expect(begin(variant)).toBe("done");
    expect(terraform(variant, "validate")).toBe("done");
  });

  test("a setting that the provider does not know is refused", () => {
    expect(begin("digitalocean", (json) => json.replace('"graceful_shutdown"', '"graceful"'))).toBe("done");
    expect(terraform("digitalocean", "validate")).toContain("graceful");
  });
});
