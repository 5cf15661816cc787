// Everything that a change of a fleet means, before anybody with a key, a token or a host has looked at it.
import type { Figure } from "../../fleet/figure.ts";
import { type Plan, planFleet } from "../../fleet/plan.ts";
import type { Fleet } from "../../fleet/schema.ts";
import { type StackChange, stackChanges } from "../../stacks/effects.ts";
import { idOf, numberGroups, shown } from "../plan-numbers.ts";
import { type BundleChange, bundleChanges } from "./bundle-changes.ts";
import { type LockChanges, lockChanges } from "./lock-changes.ts";
import { type PrincipalChanges, principalChanges } from "./principal-changes.ts";
import type { Before, Snapshot } from "./snapshot.ts";

/** In order of what it costs those who are connected; `new`: nothing was there. */
export const changeEffects = ["none", "reload", "restart", "replace", "reflash", "new"] as const;
export type ChangeEffect = (typeof changeEffects)[number];

export interface Comparison {
  readonly fleet: string;
  readonly against: string;
  readonly effect: ChangeEffect;
  /** Why there is nothing to compare with, where something was there. */
  readonly unreadable: string | undefined;
  readonly principals: PrincipalChanges;
  readonly lock: LockChanges;
  readonly host: readonly BundleChange[];
  readonly cloud: readonly StackChange[];
  readonly numbers: readonly { readonly id: string; readonly before: string; readonly after: string }[];
  /** Dollars a month; undefined: not known, or not billed by DigitalOcean. */
  readonly monthlyDollars: { readonly before: number | undefined; readonly after: number | undefined };
  readonly warnings: readonly { readonly text: string; readonly isNew: boolean }[];
}

export function compareFleets(against: string, before: Before, after: Snapshot): Comparison {
  const was = before.kind === "fleet" ? before : undefined;
  const plan = planFleet(after.fleet);
  const oldPlan = was && planFleet(was.fleet);
  const principals = principalChanges(was?.fleet, after.fleet);
  const lock = lockChanges(after.fleet, was?.lock, after.lock);
  const host = was === undefined ? [] : bundleChanges(was, after);
  const cloud = was === undefined ? [] : stackChanges(placed(was.fleet, oldPlan!), placed(after.fleet, plan));
  const rotated = new Set(lock.rotated);
  const newSecrets = after.fleet.devices.some(({ id }) => rotated.has(id));
  const effects = [...host, ...cloud].map(({ effect }) => effect);
  return {
    fleet: after.fleet.name,
    against: against.replace(/^refs\/(heads|tags)\//, ""),
    effect: was === undefined ? "new" : costliest([...effects, ...(newSecrets ? (["reflash"] as const) : [])]),
    unreadable: before.kind === "unreadable" ? before.why : undefined,
    principals,
    lock,
    host,
    cloud,
    numbers: oldPlan === undefined ? [] : numberChanges(oldPlan, plan),
    monthlyDollars: { before: oldPlan?.bill?.monthlyDollars, after: plan.bill?.monthlyDollars },
    warnings: plan.warnings.map((text) => ({ text, isNew: oldPlan?.warnings.includes(text) !== true })),
  };
}

const placed = (fleet: Fleet, { size }: Plan) => ({ fleet, size: size.slug });

const costliest = (effects: readonly ChangeEffect[]): ChangeEffect =>
  changeEffects[Math.max(0, ...effects.map((effect) => changeEffects.indexOf(effect)))]!;

function numberChanges(before: Plan, after: Plan): Comparison["numbers"] {
  return numberGroups
    .flatMap(({ names }) => names)
    .map((name) => ({ id: idOf(name), before: text(before[name]), after: text(after[name]) }))
    .filter(({ before, after }) => before !== after);
}

const text = (figure: Figure): string => shown(figure);
