import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../../../sandbox/command.ts";
import { removeStalePolicy, withoutServices } from "../../../sandbox/no-services.ts";

let policy: string;
beforeEach(async () => {
  policy = join(await mkdtemp(join(tmpdir(), "bednet-policy-")), "policy-rc.d");
});
afterEach(() => rm(resolve(policy, ".."), { recursive: true }));

test("while packages are installed every start of a service is forbidden, afterwards none", async () => {
  const asked = await withoutServices(() => run(["sh", "-c", `"${policy}" mosquitto start; echo $?`]), policy);
  expect([asked, existsSync(policy)]).toEqual(["101\n", false]);
  await expect(withoutServices(() => Promise.reject(new Error("no")), policy)).rejects.toThrow("no");
  expect(existsSync(policy)).toBe(false);
});

test("somebody else's policy stays as it is", async () => {
  const theirs = "#!/bin/sh\n# images of containers have one\nexit 101\n";
  writeFileSync(policy, theirs);
  await withoutServices(async () => {}, policy);
  removeStalePolicy(policy);
  expect(readFileSync(policy, "utf8")).toBe(theirs);
});

test("one whose run was killed is removed by the next, one in use is not", async () => {
  const child = spawn(
    process.execPath,
    [
      ...["--import", "tsx", "--input-type=module", "-e"],
      `import { withoutServices } from "./sandbox/no-services.ts";
       await withoutServices(() => new Promise((done) => { console.log("there"); setTimeout(done, 60_000); }), ${JSON.stringify(policy)});`,
    ],
    { cwd: resolve(import.meta.dirname, "../../.."), stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  removeStalePolicy(policy);
  expect(existsSync(policy)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  removeStalePolicy(policy);
  expect(existsSync(policy)).toBe(false);
});
