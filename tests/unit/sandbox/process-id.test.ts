import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { fromPs, isAlive, processId } from "../../../sandbox/process-id.ts";

test("a process is told from another one that got its pid", async () => {
  const child = spawn("sleep", ["60"]);
  const id = processId(child.pid!)!;
  expect(isAlive(id)).toBe(true);
  expect(isAlive({ ...id, startTime: `${id.startTime}0` })).toBe(false);
  expect(isAlive({ ...id, bootId: "another boot" })).toBe(false);
  child.kill("SIGKILL");
  await once(child, "close");
  expect(isAlive(id)).toBe(false);
});

test("where there is no /proc, ps says when a process began", () => {
  const id = fromPs(process.pid)!;
  expect(Math.abs(Date.parse(id.startTime) - (Date.now() - process.uptime() * 1000))).toBeLessThan(5_000);
  expect(fromPs(2 ** 22 + 1)).toBeUndefined();
});
