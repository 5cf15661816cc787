import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isAlive, leaseOf, processId } from "../../../sandbox/lease.ts";

test("every number has two addresses of a /30 of its own in 198.19.0.0/16", () => {
  expect(leaseOf(0)).toMatchObject({ name: "bednet-0", hostAddress: "198.19.0.1", guestAddress: "198.19.0.2" });
  expect(leaseOf(63)).toMatchObject({ hostAddress: "198.19.0.253", guestAddress: "198.19.0.254" });
  expect(leaseOf(64)).toMatchObject({ hostAddress: "198.19.1.1", guestAddress: "198.19.1.2" });
  expect(leaseOf(16_383)).toMatchObject({ hostAddress: "198.19.255.253", guestAddress: "198.19.255.254" });
  const all = new Set(Array.from({ length: 16_384 }, (_, number) => leaseOf(number).guestAddress));
  expect(all.size).toBe(16_384);
});

test.runIf(process.platform === "linux")("a process is told from another one that got its pid", async () => {
  const child = spawn("sleep", ["60"]);
  const id = processId(child.pid!)!;
  expect(isAlive(id)).toBe(true);
  expect(isAlive({ ...id, startTime: `${Number(id.startTime) - 1}` })).toBe(false);
  expect(isAlive({ ...id, bootId: "another boot" })).toBe(false);
  child.kill("SIGKILL");
  await once(child, "close");
  expect(isAlive(id)).toBe(false);
});
