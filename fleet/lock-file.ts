// fleet.lock on disk: read whole, replaced whole, by one writer at a time.
import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatLock, type Lock, parseLock } from "./lock-text.ts";
import { Problem } from "./problem.ts";

export const lockPath = (folder: string): string => join(folder, "fleet.lock");

/** Undefined when there is none yet. */
export async function readLock(folder: string): Promise<Lock | undefined> {
  const path = lockPath(folder);
  try {
    return parseLock(await readFile(path, "utf8"), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Reads, lets `change` decide, replaces. A second run waits for the first, then sees what it wrote. */
export async function rewriteLock<T extends { readonly lock: Lock }>(
  folder: string,
  change: (lock: Lock | undefined) => T | Promise<T>,
  waitMs = 10_000,
): Promise<T> {
  const path = lockPath(folder);
  const draft = `${path}.new`;
  const file = await openAlone(draft, waitMs);
  let replaced = false;
  try {
    const before = await readLock(folder);
    const result = await change(before);
    if (result.lock === before) return result;
    await file.writeFile(formatLock(result.lock));
    await file.sync();
    await rename(draft, path);
    replaced = true;
    return result;
  } finally {
    await file.close();
    // After the rename a draft of this name is another writer's.
    if (!replaced) await rm(draft, { force: true });
  }
}

/** The draft is the mutex: whoever creates it writes. */
async function openAlone(draft: string, waitMs: number) {
  for (const start = Date.now(); ; await sleep(50)) {
    try {
      return await open(draft, "wx", 0o644);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (Date.now() - start >= waitMs) {
      throw new Problem(
        `${draft} is there: another \`bednet lock\` is writing, or one was killed while it wrote`,
        `If none is running, remove it (rm ${draft}) and run the command again; fleet.lock itself is whole.`,
      );
    }
  }
}
