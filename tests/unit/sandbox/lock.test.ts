import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "../../../sandbox/lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

test.runIf(process.platform === "linux")("one at a time, and the one who waits is told", async () => {
  const file = join(folder, "lock");
  const order: string[] = [];
  const hold = (name: string) =>
    withLock(
      file,
      async () => {
        order.push(`${name} in`);
        await sleep(100);
        order.push(`${name} out`);
      },
      { onWait: () => order.push("waiting") },
    );
  await Promise.all([hold("x"), hold("x")]);
  expect(order.filter((event) => event !== "waiting")).toEqual(["x in", "x out", "x in", "x out"]);
  expect(order).toContain("waiting");
});

test.runIf(process.platform === "linux")("a failure frees it, and waiting can be given up", async () => {
  const file = join(folder, "lock");
  await expect(withLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await withLock(file, async () => {
    const signal = AbortSignal.timeout(50);
    await expect(withLock(file, async () => {}, { signal })).rejects.toThrow(/timeout/);
  });
});
