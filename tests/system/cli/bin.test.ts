// The program as a process: signals, and pipes that close.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const bin = fileURLToPath(new URL("../../../cli/bin.mjs", import.meta.url));
const example = fileURLToPath(new URL("../../../examples/small-farm/fleet.yaml", import.meta.url));
const locked = fileURLToPath(new URL("../../../examples/existing-host/fleet.yaml", import.meta.url));

test("plan prints its first line", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [bin, "plan", "--fleet", example]);
  expect(stdout).toMatch(/^small-farm {2}/);
});

test("a pipe that closes early is no mistake", async () => {
  const child = spawn("sh", ["-c", '"$0" "$1" explain | head -1; exit 0', process.execPath, bin]);
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  await once(child, "exit");
  expect(stderr).toBe("");
});

test.each([
  ["stdout", "exec 1>&-", 2],
  ["stdout, to a reader that left", "exec 1> >(exec true); sleep 0.3", 2],
  ["stderr, to a reader that left", "exec 2> >(exec true); sleep 0.3", 2],
])("the verdict stays what it is without %s", async (_, close, verdict) => {
  const unreachable = ["verify", "--fleet", locked, "--address", "127.0.0.1", "--only", "tls-version"];
  const child = spawn("bash", ["-c", `${close}; exec "$0" "$@"`, process.execPath, bin, ...unreachable], {
    stdio: "ignore",
  });
  expect((await once(child, "exit"))[0]).toBe(verdict);
});

test("what cannot be written is told, and is no success", async () => {
  const child = spawn("sh", ["-c", '"$0" "$@" >/dev/full', process.execPath, bin, "plan", "--fleet", example]);
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  expect((await once(child, "close"))[0]).toBe(1);
  expect(stderr).toMatch(/^The output could not be written: ENOSPC/);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s while it waits for stdin ends it with 130", async (signal) => {
  const child = spawn(process.execPath, [bin, "key", "set", "--fleet", "/nowhere/fleet.yaml"]);
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const exited = once(child, "exit");
  // More than a pipe holds: once it is all taken, the command reads, and its signal handlers are there.
  await new Promise((resolve) => child.stdin.write("x".repeat(2_000_000), resolve));
  child.kill(signal);
  expect((await exited)[0]).toBe(130);
  expect(stderr).toBe("Stopping.\n");
});
