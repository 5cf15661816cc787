// The lines of Mosquitto's ACL file that let each say and hear what fleet.yaml grants, and no more.
import { type Principal, principalsOf } from "./principals.ts";
import { probeClass, RESERVED_TREE } from "./probes.ts";
import type { Fleet } from "./schema.ts";
import { covers, overlaps } from "./topics.ts";

export { type Principal, principalsOf } from "./principals.ts";
export { MONITOR, PROBE_SLOTS, PROVER, type ProbePart, probeName, probeParts, WATCH } from "./probes.ts";

export interface AclLine {
  readonly access: "read" | "write" | "readwrite" | "deny";
  readonly filter: string;
}

/** `patterns` (with `%u`) apply to everybody who logs in, `sections` to one user; a `deny` in a section beats both. */
export interface Access {
  readonly style: "patterns" | "sections";
  readonly patterns: readonly AclLine[];
  readonly sections: readonly { readonly user: string; readonly lines: readonly AclLine[] }[];
}

type Grants = Pick<Principal, "publish" | "subscribe">;

/** Patterns are exact for one class only, and cannot be kept out of bednet's own tree when a class reaches into it. */
export function accessStyle(fleet: Pick<Fleet, "access" | "classes">): Access["style"] {
  const classes = Object.values(fleet.classes);
  if (classes.some((grants) => lines(grants).some(reachesIntoOurTree))) return "sections";
  return classes.length <= 1 || fleet.access === "pooled" ? "patterns" : "sections";
}

export function accessOf(fleet: Fleet): Access {
  const style = accessStyle(fleet);
  const principals = principalsOf(fleet);
  if (style === "sections") {
    return {
      style,
      patterns: [],
      sections: nonEmpty(principals.map((one) => ({ user: one.name, lines: ownLines(one) }))),
    };
  }
  const classes = lines(merge(Object.values(fleet.classes)));
  const probes = lines(probeClass);
  const sections = principals
    .filter(({ role }) => role !== "device")
    .map((one) => {
      const isOfProbeClass = probes.every(({ filter }) =>
        grants(one).includes(filter.replaceAll("{device}", one.name)),
      );
      if (isOfProbeClass) return { user: one.name, lines: fences(one, classes) };
      return { user: one.name, lines: [...fences(one, [...classes, ...probes]), ...ownLines(one)] };
    });
  const patterns = [...classes, ...probes].map(({ access, filter }) => ({
    access,
    filter: filter.replaceAll("{device}", "%u"),
  }));
  return { style, patterns, sections: nonEmpty(sections) };
}

/** Patterns apply to services, people and probes too: each is denied them under its own name, unless its grants hold them anyway. */
function fences(principal: Principal, patterns: readonly AclLine[]): AclLine[] {
  const held = lines(principal);
  return patterns
    .map(({ access, filter }) => ({ access, filter: filter.replaceAll("{device}", principal.name) }))
    .filter(({ access, filter }) => !held.some((own) => allows(own.access, access) && covers(own.filter, filter)))
    .map(({ filter }): AclLine => ({ access: "deny", filter }))
    .filter(({ filter }, index, all) => all.findIndex((other) => other.filter === filter) === index);
}

/** The principal's grants; a wildcard that would reach bednet's own tree is kept out of it. */
function ownLines(principal: Principal): AclLine[] {
  const own = lines(principal);
  const foreign = principal.key === "fleet" && own.some(reachesIntoOurTree);
  return foreign ? [{ access: "deny", filter: `${RESERVED_TREE}/#` }, ...own] : own;
}

function reachesIntoOurTree({ filter }: AclLine): boolean {
  return /^[+#]/.test(filter) && overlaps(filter.replaceAll("{device}", "+"), `${RESERVED_TREE}/#`);
}

/** One line per filter: a topic that is published and subscribed to is `readwrite`. */
function lines({ publish, subscribe }: Grants): AclLine[] {
  return [...new Set([...publish, ...subscribe])].map((filter) => {
    const access = !subscribe.includes(filter) ? "write" : publish.includes(filter) ? "readwrite" : "read";
    return { access, filter };
  });
}

const allows = (own: AclLine["access"], wanted: AclLine["access"]): boolean => own === wanted || own === "readwrite";
const grants = ({ publish, subscribe }: Grants): string[] => [...publish, ...subscribe];
const nonEmpty = <T extends { lines: readonly AclLine[] }>(sections: readonly T[]): T[] =>
  sections.filter(({ lines }) => lines.length > 0);
const merge = (all: readonly Grants[]): Grants => ({
  publish: all.flatMap((one) => one.publish),
  subscribe: all.flatMap((one) => one.subscribe),
});
