// fleet.lock: who may log in, which password of theirs counts, and that it never goes back.
import { principalsOf } from "./access.ts";
import { type FleetKey, hashOf, isReserved, keyOf, passwordOf, VerifyKey } from "./credentials.ts";
import { type Lock, type LockLine, listed, without } from "./lock-text.ts";
import { Problem } from "./problem.ts";
import type { Fleet } from "./schema.ts";
import type { Secret } from "./secret.ts";

export { formatLock, type Lock, type LockLine, parseLock } from "./lock-text.ts";
export { type LockChange, type LockUpdate, updateLock } from "./lock-update.ts";

/**
 * Active lines that their key did not make: somebody edited the file, and knows the password. An imported line is one too
 * for as long as no command imports.
 */
export function forgedLines(lock: Lock, key: FleetKey | VerifyKey): string[] {
  const ids = key instanceof VerifyKey ? [key.id] : [key.id, key.verifyKey.id];
  return lock.lines
    .filter((line) => line.state === "active" && (line.origin === "imported" || ids.includes(line.keyId)))
    .filter((line) => line.origin === "imported" || !isMadeBy(key, line))
    .map((line) => line.name);
}

function isMadeBy(key: FleetKey | VerifyKey, line: LockLine): boolean {
  if (key instanceof VerifyKey && !isReserved(line.name)) return false;
  return keyOf(key, line.name).id === line.keyId && hashOf(key, line.name, line.generation) === line.hash;
}

/** Throws unless this is the key that the lock was made with. */
export function refuseForeignKey(lock: Lock, key: FleetKey): void {
  if (lock.keyId === key.id && lock.verifyKeyId === key.verifyKey.id) return;
  throw new Problem(
    `this key is ${key.id}, and fleet.lock was made with ${lock.keyId}`,
    "Look for the key of this fleet; nothing was changed.",
  );
}

/** What differs between the fleet and its lock; undefined: nothing. */
export function lockProblem(fleet: Fleet, lock: Lock | undefined): Problem | undefined {
  const fix = "Run `bednet lock` and commit fleet.lock.";
  if (lock === undefined) return new Problem("there is no fleet.lock beside the fleet file", fix);
  const wanted = new Set(principalsOf(fleet).map((principal) => principal.name));
  const active = new Set(lock.lines.filter((line) => line.state === "active").map((line) => line.name));
  const strays = lock.lines.filter((line) => isStray(line, lock)).map((line) => line.name);
  const differences = [
    listed("not in the lock", without(wanted, active)),
    listed("no longer in the fleet", without(active, wanted)),
    listed("derived from another key", strays),
  ].filter((text) => text !== undefined);
  if (differences.length === 0) return undefined;
  return new Problem(`fleet.lock does not match the fleet:\n  ${differences.join("\n  ")}`, fix);
}

function isStray(line: LockLine, lock: Lock): boolean {
  if (line.state === "revoked" || line.origin === "imported") return false;
  return line.keyId !== (isReserved(line.name) ? lock.verifyKeyId : lock.keyId);
}

/** The current passwords of probes and monitors, which the verify key alone gives. */
export function verifyPasswords(lock: Lock, key: VerifyKey): (name: string) => Secret {
  if (key.id !== lock.verifyKeyId) {
    throw new Problem(
      `the verify key ${key.id} is not the one of fleet.lock, ${lock.verifyKeyId}`,
      "Set BEDNET_VERIFY_KEY to what `bednet key show --verify` prints in the folder of this fleet.",
    );
  }
  const generations = new Map(
    lock.lines.filter((line) => line.state === "active").map((line) => [line.name, line.generation]),
  );
  return (name) => {
    const generation = generations.get(name);
    if (generation === undefined)
      throw new Problem(`fleet.lock does not know ${name}`, "Run `bednet lock` and commit fleet.lock.");
    return passwordOf(key, name, generation);
  };
}

/** What `next` would put back compared with the lock that is in force; empty: nothing. */
export function regressions(applied: Lock, next: Lock): string[] {
  const after = new Map(next.lines.map((line) => [line.name, line]));
  return applied.lines.flatMap((was) => {
    const is = after.get(was.name);
    if (is === undefined)
      return [`${was.name} is gone, and with it that generation ${was.generation} was ${was.state}`];
    if (is.generation < was.generation)
      return [`${was.name} goes back from generation ${was.generation} to ${is.generation}`];
    if (is.generation > was.generation) return [];
    if (was.state === "revoked" && is.state === "active")
      return [`${was.name} is revoked, and generation ${was.generation} comes back`];
    return is.hash === was.hash ? [] : [`${was.name} has another password in the same generation ${was.generation}`];
  });
}
