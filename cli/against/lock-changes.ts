// What the committed fleet.lock lacks and what it changes, as far as that shows without the key.
import { principalsOf } from "../../fleet/access.ts";
import { type Lock, regressions } from "../../fleet/lock.ts";
import type { Fleet } from "../../fleet/schema.ts";

export interface LockChanges {
  /** In the fleet, and not yet in the lock: a deploy refuses until whoever has the key has locked. */
  readonly lacks: readonly string[];
  /** In the lock, and no longer in the fleet. */
  readonly stale: readonly string[];
  /** Active lines that are new or have another hash: whoever wrote one by hand knows its password. */
  readonly written: readonly string[];
  /** Principals with another password than before: what holds the old one must be told. */
  readonly rotated: readonly string[];
  /** What a host refuses: the lock never goes back. */
  readonly goesBack: readonly string[];
}

export function lockChanges(fleet: Fleet, before: Lock | undefined, after: Lock | undefined): LockChanges {
  const wanted = new Set(principalsOf(fleet).map(({ name }) => name));
  const active = activeLines(after);
  const was = activeLines(before);
  const written = [...active.values()].filter(({ name, hash }) => was.get(name)?.hash !== hash).map(({ name }) => name);
  return {
    lacks: [...wanted].filter((name) => !active.has(name)).sort(),
    stale: [...active.keys()].filter((name) => !wanted.has(name)),
    written,
    rotated: written.filter((name) => was.has(name)),
    goesBack: before === undefined ? [] : regressions(before, after ?? { ...before, lines: [] }),
  };
}

const activeLines = (lock: Lock | undefined) =>
  new Map(lock?.lines.filter(({ state }) => state === "active").map((line) => [line.name, line]));
