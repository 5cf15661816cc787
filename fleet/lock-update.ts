// What `bednet lock` changes: a new line, a tombstone, the next generation, and nothing else.
import { principalsOf } from "./access.ts";
import { type FleetKey, hashOf, keyOf } from "./credentials.ts";
import { type Lock, type LockLine, listed, sorted, without } from "./lock-text.ts";
import { Problem } from "./problem.ts";
import type { Fleet } from "./schema.ts";

export interface LockUpdate {
  /** The very same object when nothing changed. */
  readonly lock: Lock;
  readonly added: readonly string[];
  readonly revoked: readonly string[];
  /** Came back after a revocation, one generation later. */
  readonly readded: readonly string[];
  /** Rotated by name, or derived again because the key is new. */
  readonly rotated: readonly string[];
  readonly unchanged: number;
}

export interface LockChange {
  /** Principals that get the next generation. */
  readonly rotate?: readonly string[];
  /** Allow a key that is not the lock's: everything derived gets the next generation. */
  readonly newKey?: boolean;
}

/** Brings the lock up to the fleet. Lines that are right stay as they are, byte for byte. */
export function updateLock(fleet: Fleet, lock: Lock | undefined, key: FleetKey, change: LockChange = {}): LockUpdate {
  if (lock && lock.keyId !== key.id && !change.newKey) throw wrongKey(lock, key);
  const wanted = new Set(principalsOf(fleet).map((principal) => principal.name));
  const rotate = new Set(change.rotate);
  refuseUnknown(rotate, wanted);
  const before = new Map(lock?.lines.map((line) => [line.name, line]));
  const added: string[] = [];
  const revoked: string[] = [];
  const readded: string[] = [];
  const rotated: string[] = [];

  const lines = [...new Set([...wanted, ...before.keys()])].map((name): LockLine => {
    const was = before.get(name);
    if (was === undefined) {
      added.push(name);
      return derivedLine(key, name, 1);
    }
    if (!wanted.has(name)) {
      if (was.state === "active") revoked.push(name);
      return was.state === "active" ? { ...was, state: "revoked" } : was;
    }
    if (was.state === "active" && !rotate.has(name) && isCurrent(was, key)) return was;
    (was.state === "active" ? rotated : readded).push(name);
    return derivedLine(key, name, was.generation + 1);
  });

  const lineChanges = added.length + revoked.length + readded.length + rotated.length;
  const same = lineChanges === 0 && lock?.verifyKeyId === key.verifyKey.id;
  const unchanged = wanted.size - added.length - readded.length - rotated.length;
  const next = { serial: (lock?.serial ?? 0) + 1, keyId: key.id, verifyKeyId: key.verifyKey.id, lines: sorted(lines) };
  return { lock: lock && same ? lock : next, added, revoked, readded, rotated, unchanged };
}

function derivedLine(key: FleetKey, name: string, generation: number): LockLine {
  const keyId = keyOf(key, name).id;
  return { name, state: "active", origin: "derived", generation, keyId, hash: hashOf(key, name, generation) };
}

function isCurrent(line: LockLine, key: FleetKey): boolean {
  return line.origin === "imported" || line.keyId === keyOf(key, line.name).id;
}

function refuseUnknown(names: ReadonlySet<string>, known: ReadonlySet<string>): void {
  const unknown = listed("not in the fleet", without(names, known));
  if (unknown === undefined) return;
  throw new Problem(
    `cannot rotate: ${unknown}`,
    "Name devices, services, people or probes of this fleet; fleet.lock lists them.",
  );
}

function wrongKey(lock: Lock, key: FleetKey): Problem {
  const derived = lock.lines.filter((line) => line.state === "active" && line.origin === "derived").length;
  return new Problem(
    `the key here is ${key.id}, and fleet.lock was made with ${lock.keyId}`,
    `Bring the right key back with \`bednet key set\`. If it is lost, \`bednet lock --new-key\` derives all ${derived.toLocaleString("en-US")} passwords again, and every device, service and person needs a new password.`,
  );
}
