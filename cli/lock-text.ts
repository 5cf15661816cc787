// What `bednet lock` did, and what comes next.
import { principalsOf } from "../fleet/access.ts";
import { count } from "../fleet/figure.ts";
import type { LockUpdate } from "../fleet/lock.ts";
import type { Fleet } from "../fleet/schema.ts";
import type { MadeKey } from "./relock.ts";

export function lockText(fleet: Fleet, { lock, added, revoked, readded, rotated, unchanged }: LockUpdate): string {
  const changes = [
    some(added, "added"),
    some(readded, "back with a new password"),
    some(rotated, "rotated"),
    some(revoked, "revoked"),
  ].filter((text) => text !== undefined);
  const rest = [...(unchanged === 0 ? [] : [`${count(unchanged)} unchanged`]), `serial ${lock.serial}`];
  if (changes.length === 0) return `fleet.lock: ${["nothing to do", ...rest].join(", ")}`;
  const devices = new Set(principalsOf(fleet).flatMap(({ role, name }) => (role === "device" ? [name] : [])));
  const reflash = [...readded, ...rotated].filter((name) => devices.has(name)).length;
  return [
    `fleet.lock: ${[...changes, ...rest].join(", ")}`,
    ...(reflash === 0
      ? []
      : [`${count(reflash)} ${reflash === 1 ? "device needs its" : "devices need their"} new secret.`]),
    "Next: commit fleet.lock, then `bednet converge`.",
  ].join("\n");
}

export function madeKeyText({ path, old }: MadeKey): string {
  return [
    `A new key for this fleet is in ${path}: only you can read it, and git ignores it.`,
    "Every password follows from it. Keep a copy where you keep passwords: `bednet key show` prints it.",
    ...(old === undefined ? [] : [`What was there before is kept in ${old}.`]),
  ].join("\n");
}

const some = (names: readonly string[], what: string): string | undefined =>
  names.length === 0 ? undefined : `${count(names.length)} ${what}`;
