// fleet.lock is replaced whole, by one writer at a time.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Lock } from "../../../fleet/lock.ts";
import { readLock, rewriteLock } from "../../../fleet/lock-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

const next = (lock: Lock | undefined): { lock: Lock } => ({
  lock: { serial: (lock?.serial ?? 0) + 1, keyId: "7bdf26e3", verifyKeyId: "3b4116e6", lines: [] },
});

test("none, then one, then the next", async () => {
  expect(await readLock(folder)).toBeUndefined();
  await rewriteLock(folder, next);
  await rewriteLock(folder, next);
  expect((await readLock(folder))?.serial).toBe(2);
  expect(await readdir(folder)).toEqual(["fleet.lock"]);
});

test("twenty writers at once lose no change", async () => {
  await Promise.all(Array.from({ length: 20 }, () => rewriteLock(folder, next)));
  expect((await readLock(folder))?.serial).toBe(20);
  expect(await readdir(folder)).toEqual(["fleet.lock"]);
});

test("nothing to change: the file is not touched", async () => {
  await rewriteLock(folder, next);
  const text = await readFile(join(folder, "fleet.lock"), "utf8");
  await writeFile(join(folder, "fleet.lock"), text.replace("# Written", "# Hand-written"));
  await rewriteLock(folder, (lock) => ({ lock: lock! }));
  expect(await readFile(join(folder, "fleet.lock"), "utf8")).toContain("# Hand-written");
  expect(await readdir(folder)).toEqual(["fleet.lock"]);
});

test("a change that fails leaves the old lock and no draft", async () => {
  await rewriteLock(folder, next);
  const failing = rewriteLock(folder, () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect((await readLock(folder))?.serial).toBe(1);
  expect(await readdir(folder)).toEqual(["fleet.lock"]);
});

test("a draft that stays says what to do", async () => {
  const draft = join(folder, "fleet.lock.new");
  await writeFile(draft, "");
  await expect(rewriteLock(folder, next, 100)).rejects.toMatchObject({
    message: `${draft} is there: another \`bednet lock\` is writing, or one was killed while it wrote`,
    fix: `If none is running, remove it (rm ${draft}) and run the command again; fleet.lock itself is whole.`,
  });
});

test("a bad line is named by the path of the file", async () => {
  await writeFile(join(folder, "fleet.lock"), "bednet-lock 1\nserial 1\nkeys 7bdf26e3 3b4116e6\nsoil-1\n");
  await expect(readLock(folder)).rejects.toMatchObject({
    message: `${folder}/fleet.lock has a mistake:\n  ${folder}/fleet.lock:4  expected \`name state origin generation keyId hash\``,
  });
});
