// Who comes, who goes and who may say something else: from fleet.yaml and devices.csv, since a contributor cannot lock.
import { principalsOf } from "../../fleet/access.ts";
import type { Fleet } from "../../fleet/schema.ts";

export interface PrincipalChanges {
  readonly added: readonly string[];
  readonly revoked: readonly string[];
  /** Devices of another class than before. */
  readonly moved: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  readonly grants: readonly GrantChange[];
}

export interface GrantChange {
  readonly of: "class" | "service" | "person";
  readonly name: string;
  readonly right: "publish" | "subscribe";
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function principalChanges(before: Fleet | undefined, after: Fleet): PrincipalChanges {
  const was = new Map(before && own(before).map((one) => [one.name, one]));
  const is = new Map(own(after).map((one) => [one.name, one]));
  const moved = [...is.values()].flatMap(({ name, class: to }) => {
    const from = was.get(name)?.class;
    return from !== undefined && to !== undefined && from !== to ? [{ name, from, to }] : [];
  });
  return {
    added: [...is.keys()].filter((name) => !was.has(name)).sort(),
    revoked: [...was.keys()].filter((name) => !is.has(name)).sort(),
    moved,
    grants: [
      ...grantChanges("class", before?.classes ?? {}, after.classes),
      ...grantChanges("service", before?.services ?? {}, after.services),
      ...grantChanges("person", before?.people ?? {}, after.people),
    ],
  };
}

/** Probes and monitors are the same in every fleet. */
const own = (fleet: Fleet) => principalsOf(fleet).filter(({ key }) => key === "fleet");

type Grants = Readonly<Record<string, Readonly<Record<GrantChange["right"], readonly string[]>>>>;

function grantChanges(of: GrantChange["of"], before: Grants, after: Grants): GrantChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) =>
    (["publish", "subscribe"] as const).flatMap((right) => {
      const [was, is] = [before[name]?.[right] ?? [], after[name]?.[right] ?? []];
      const added = is.filter((filter) => !was.includes(filter));
      const removed = was.filter((filter) => !is.includes(filter));
      return added.length + removed.length === 0 ? [] : [{ of, name, right, added, removed }];
    }),
  );
}
