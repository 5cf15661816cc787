// npm start in a fresh clone: stopped while packages are installed, and started again; what a user without root sees.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../../sandbox/command.ts";

const root = resolve(import.meta.dirname, "../../..");
let clone: string;
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), "bednet-clone-"));
  const sources = readdirSync(root).filter((name) => !["node_modules", ".git", "dist"].includes(name));
  await run(["cp", "-a", ...sources.map((name) => join(root, name)), clone]);
});
afterAll(() => rm(clone, { recursive: true }));

/** As a terminal does it, to the whole group. */
async function start(signal?: { readonly name: NodeJS.Signals; readonly afterMs: number }) {
  const argv = ["cli/bootstrap.mjs", "start", "--help"];
  const env = { ...process.env, BEDNET_KEY: "secret", npm_config_loglevel: "silent" };
  const child = spawn(process.execPath, argv, { cwd: clone, detached: true, env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (text) => (said[name] += text));
  const ended = once(child, "close");
  let signalledAt = Number.NaN;
  if (signal) {
    await once(child.stderr, "data");
    await sleep(signal.afterMs);
    signalledAt = Date.now();
    process.kill(-child.pid!, signal.name);
  }
  const [exitCode] = await ended;
  return { ...said, exitCode, endedAfterMs: Date.now() - signalledAt };
}

const stamp = () => existsSync(join(clone, "node_modules/.bednet-installed"));

test.each([
  ["SIGINT", 0],
  ["SIGINT", 2_000],
  ["SIGTERM", 2_000],
] as const)(
  "%s %i ms into npm ci: 130, a last line that says what happens next, nothing taken for whole",
  async (name, afterMs) => {
    const { exitCode, stderr, endedAfterMs } = await start({ name, afterMs });
    expect(exitCode, stderr).toBe(130);
    expect(endedAfterMs).toBeLessThan(5_000);
    expect(stderr).toMatch(
      /^Installing the packages that bednet is made of \(npm ci\)\n[\s\S]*Stopped while packages were being installed; npm start begins with them anew\.\n$/,
    );
    expect(stamp()).toBe(false);
  },
);

test("the next start installs them whole, and the one after that at once", async () => {
  const { exitCode, stdout, stderr } = await start();
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain("Usage: bednet rehearse");
  expect(readFileSync(join(clone, "node_modules/.bednet-installed"), "utf8")).toBe(
    readFileSync(join(clone, "package-lock.json"), "utf8"),
  );
  expect((await start()).stderr).toBe("");
});
