// What `bednet lock` did, and what comes next.
import { type Principal, principalsOf } from "../fleet/access.ts";
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
  const renewed = new Set([...readded, ...rotated]);
  return [
    `fleet.lock: ${[...changes, ...rest].join(", ")}`,
    ...toHandOut(principalsOf(fleet).filter(({ name }) => renewed.has(name))),
    "Next: commit fleet.lock, then `bednet converge`.",
  ].join("\n");
}

const needs = [
  { role: "device", one: "device needs its new secret", several: "devices need their new secret" },
  {
    role: "service",
    one: "connection of a service needs its new password",
    several: "connections of services need their new password",
  },
  { role: "person", one: "person needs a new password", several: "people need their new password" },
] as const;

/** Who cannot log in any more until somebody brings the new password. */
function toHandOut(renewed: readonly Principal[]): string[] {
  const lines = needs.flatMap(({ role, one, several }) => {
    const names = renewed.filter((principal) => principal.role === role).map(({ name }) => name);
    if (names.length === 0) return [];
    const sentence = `${count(names.length)} ${names.length === 1 ? one : several}`;
    // Devices come by the thousand.
    return [role === "device" ? `${sentence}.` : `${sentence}: ${names.join(", ")}.`];
  });
  const isNamed = renewed.some(({ role }) => role === "service" || role === "person");
  return isNamed ? [...lines, "`bednet key password NAME` prints it."] : lines;
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
