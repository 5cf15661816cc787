// The work of `bednet lock`: the key that is there or a new one, then the lock, in an order that a crash cannot spoil.
import { FleetKey, type VerifyKey } from "../fleet/credentials.ts";
import { DamagedKey, keyPath, readKey, readVerifyKey, writeKey } from "../fleet/key-file.ts";
import { forgedLines, type Lock, type LockUpdate, lockProblem, updateLock } from "../fleet/lock.ts";
import { readLock, rewriteLock } from "../fleet/lock-file.ts";
import { listed } from "../fleet/lock-text.ts";
import { Problem } from "../fleet/problem.ts";
import type { Fleet } from "../fleet/schema.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Relock {
  readonly fleet: Fleet;
  readonly folder: string;
  readonly env: Environment;
  readonly rotate: readonly string[];
  readonly newKey: boolean;
}

export interface MadeKey {
  readonly path: string;
  /** Where the key it replaces is kept. */
  readonly old: string | undefined;
}

export async function relock(wish: Relock): Promise<{ update: LockUpdate; madeKey: MadeKey | undefined }> {
  const { fleet, folder, env, rotate, newKey } = wish;
  let madeKey: MadeKey | undefined;
  const update = await rewriteLock(folder, async (before) => {
    const present = await readKey(folder, env).catch(newKey ? unlessDamaged : undefined);
    const key = keyFor(present, before, wish);
    if (before?.keyId === key.id) refuseForged(before, key, new Set(rotate));
    const next = updateLock(fleet, before, key, { rotate, newKey });
    // The key first: a lock without its key is lost work, a key without its lock is not.
    if (key !== present) madeKey = { path: keyPath(folder), old: await writeKey(folder, key) };
    return next;
  });
  return { update, madeKey };
}

/** What is being replaced need not be readable. */
function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof DamagedKey)) throw error;
}

function keyFor(present: FleetKey | undefined, lock: Lock | undefined, { env, folder, newKey }: Relock): FleetKey {
  if (present === undefined && lock !== undefined && !newKey) {
    throw new Problem(
      `there is no key, and fleet.lock was made with ${lock.keyId}`,
      `Bring it back from your password manager with \`bednet key set\`. If it is lost, \`bednet lock --new-key\` makes another, and every device, service and person needs a new password.`,
    );
  }
  // With --new-key a key that the lock does not know yet is the new one: a run that was cut off goes on with it.
  if (present !== undefined && !(newKey && lock?.keyId === present.id)) return present;
  if (present !== undefined && env.BEDNET_KEY) {
    throw new Problem(
      "BEDNET_KEY is the key of fleet.lock, so it cannot be the new one",
      `Unset BEDNET_KEY to have a new key made in ${keyPath(folder)}, or set it to the new key.`,
    );
  }
  return FleetKey.generate();
}

/** Also without the fleet's key: a pipeline that holds the verify key sees at least that nobody touched the probes. */
export async function checkLock(fleet: Fleet, folder: string, env: Environment): Promise<Lock> {
  const lock = await readLock(folder);
  const problem = lockProblem(fleet, lock);
  if (lock === undefined || problem !== undefined) throw problem;
  const key = (await readKey(folder, env)) ?? (await readVerifyKey(folder, env));
  if (key !== undefined) refuseForged(lock, key, new Set());
  return lock;
}

function refuseForged(lock: Lock, key: FleetKey | VerifyKey, rotated: ReadonlySet<string>): void {
  const names = forgedLines(lock, key).filter((name) => !rotated.has(name));
  if (names.length === 0) return;
  throw new Problem(
    `fleet.lock was edited: ${listed("not derived from this fleet's key", names)}`,
    `Whoever wrote such a line knows its password; \`git log -p fleet.lock\` shows who. Then \`bednet lock --rotate ${names.slice(0, 5).join(" ")}\`, or bring the file back from git.`,
  );
}
