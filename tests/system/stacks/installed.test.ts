// `bednet/stacks` as a package that a cdktf app has installed, under cdktf and under CDK Terrain by alias. Needs npm's registry.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root, sourceOf, variantNames } from "../../unit/stacks/variants.ts";

const exec = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "bednet-installed-"));
const example = join(root, "examples/own-app");
const app = (name: "cdktf" | "cdktn", ...path: string[]): string => join(folder, name, ...path);
/** A customer's settings for npm, not those of whoever runs the tests. */
const run = (name: "cdktf" | "cdktn", file: string, ...argv: string[]) => exec(file, argv, { cwd: app(name) });

/** Synthesises the variants that lie beside it as JSON. */
const variantsApp = `
import { readdirSync, readFileSync } from "node:fs";
import { App } from "cdktf";
import { BrokerStack } from "bednet/stacks";
const app = new App({ skipValidation: true, outdir: "variants.out" });
for (const name of readdirSync("variants"))
  new BrokerStack(app, name.replace(".json", ""), JSON.parse(readFileSync("variants/" + name, "utf8")));
app.synth();
`;

beforeAll(async () => {
  await exec("npm", ["pack", "--pack-destination", folder], { cwd: root });
  const archive = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz"))!);
  const { private: _, devDependencies, ...given } = JSON.parse(readFileSync(join(example, "package.json"), "utf8"));
  const { "cdktf-cli": __, ...tools } = devDependencies;
  const settings = {
    ...given,
    devDependencies: tools,
    dependencies: { ...given.dependencies, bednet: `file:${archive}` },
  };
  const cdktn = {
    dependencies: { ...settings.dependencies, cdktf: "npm:cdktn@0.24.0" },
    overrides: { cdktf: "$cdktf" },
  };
  for (const [name, more] of Object.entries({ cdktf: {}, cdktn }) as ["cdktf" | "cdktn", object][]) {
    cpSync(example, app(name), { recursive: true, filter: (path) => !/node_modules|\.bednet|cdktf\.out/.test(path) });
    writeFileSync(app(name, "package.json"), JSON.stringify({ ...settings, ...more }));
    writeFileSync(app(name, "variants.mjs"), variantsApp);
    mkdirSync(app(name, "variants"));
    for (const variant of variantNames)
      writeFileSync(app(name, "variants", `${variant}.json`), JSON.stringify(sourceOf(variant, app(name))));
    await run(name, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error");
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the example of twenty lines", () => {
  test("has at most twenty", () => {
    expect(readFileSync(join(example, "main.ts"), "utf8").trim().split("\n").length).toBeLessThanOrEqual(20);
  });

  test("knows the types of what it uses", async () => {
    const compilerOptions = { module: "nodenext", target: "es2022", strict: true, noEmit: true, skipLibCheck: true };
    writeFileSync(app("cdktf", "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
    const check = () => run("cdktf", join(root, "node_modules/.bin/tsc"), "-p", ".").catch((error) => error);
    expect((await check()).stdout).toBe("");
    const text = readFileSync(app("cdktf", "main.ts"), "utf8");
    writeFileSync(app("cdktf", "main.ts"), text.replace("broker.address", "broker.adress"));
    expect((await check()).stdout).toContain("Property 'adress' does not exist on type 'BrokerStack'");
    writeFileSync(app("cdktf", "main.ts"), text);
  });

  test("makes a stack whose commands reach the installed CLI", async () => {
    await run("cdktf", "node_modules/.bin/tsx", "main.ts");
    const stack = app("cdktf", "cdktf.out/stacks/broker");
    const { resource } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8"));
    const command: string = resource.terraform_data.preflight.provisioner[0]["local-exec"].command;
    expect(command).toMatch(/^exec node '\.\.\/\.\.\/\.\.\/node_modules\/bednet\/cli\/bin\.mjs' /);
    const { stdout } = await exec("/bin/sh", ["-c", command.replace(/ 'stage'.*/, " --version")], { cwd: stack });
    expect(stdout).toBe(`${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version}\n`);
  });
});

test("CDK Terrain makes the same of every kind of stack, but for its own version", async () => {
  const made = async (name: "cdktf" | "cdktn"): Promise<Record<string, unknown>> => {
    await run(name, process.execPath, "variants.mjs");
    const versions = new Set<string>();
    const stacks = variantNames.map((variant) => {
      const { "//": about, ...stack } = JSON.parse(
        readFileSync(app(name, "variants.out/stacks", variant, "cdk.tf.json"), "utf8"),
      );
      const { version, ...metadata } = about.metadata;
      versions.add(version);
      return [variant, { ...stack, "//": { ...about, metadata } }] as const;
    });
    expect([...versions]).toEqual([name === "cdktf" ? "0.21.0" : "0.24.0"]);
    return Object.fromEntries(stacks);
  };
  expect(await made("cdktn")).toEqual(await made("cdktf"));
});
