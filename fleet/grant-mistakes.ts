// Grants that would say more than they seem to, or that an ACL line cannot carry.
import type { Draft, DraftGrants } from "./draft.ts";
import { dotted, type Mistake, quote } from "./mistake.ts";
import { RESERVED_TREE } from "./probes.ts";
import { filterProblem } from "./topics.ts";
import type { YamlSource } from "./yaml-source.ts";

type Whose = "class" | "service" | "person";
type Way = "publish" | "subscribe";

/** As long as a name may be: the filter must stay valid with any of them in the place of `{device}`. */
const longestName = "x".repeat(64);

export function grantMistakes(draft: Draft, source: YamlSource): Mistake[] {
  const pooled = draft.access === "pooled";
  const judge = (section: string, name: string, grants: DraftGrants, whose: Whose): Mistake[] =>
    (["publish", "subscribe"] as const).flatMap((way) =>
      grants[way].flatMap((filter, index) => {
        const path = [section, name, way, index];
        const says = filter === undefined ? undefined : grantProblem(filter, way, whose, pooled);
        return says === undefined
          ? []
          : [{ ...source.at(path), path: dotted(path), says: `${quote(filter!)}: ${says}` }];
      }),
    );
  return [
    ...[...draft.classes].flatMap(([name, grants]) => judge("classes", name, grants, "class")),
    ...[...draft.services].flatMap(([name, grants]) => judge("services", name, grants, "service")),
    ...[...draft.people].flatMap(([name, grants]) => judge("people", name, grants, "person")),
  ];
}

/** Why a filter may not be granted, with what to do; undefined when it may. */
export function grantProblem(filter: string, way: Way, whose: Whose, pooled = false): string | undefined {
  return (
    shapeProblem(filter) ??
    treeProblem(filter, way, whose) ??
    placeholderProblem(filter, whose) ??
    (pooled && whose === "class" ? pooledProblem(filter) : undefined)
  );
}

function shapeProblem(filter: string): string | undefined {
  if (filter !== "" && filter.trim() === "") return "it is blank; write a topic";
  if (filter !== filter.trim()) return "a blank at an end would be lost in the ACL file; remove it";
  if (/\s#/.test(filter))
    return "what follows the topic is no comment in here; put the comment after the closing quote";
  const problem = filterProblem(filter.replaceAll("{device}", longestName));
  return problem === undefined
    ? undefined
    : `${problem.replaceAll(longestName, "{device}")}; write a topic filter such as farm/+/moisture`;
}

function treeProblem(filter: string, way: Way, whose: Whose): string | undefined {
  const [root, group, ...rest] = filter.split("/");
  if (root === "$share") {
    if (way === "publish") return "nobody publishes to a shared subscription; grant the topic itself";
    return `a grant is matched against the topic, not the subscription; grant ${quote(rest.join("/"))}, and any group (also ${quote(group ?? "")}) may share it`;
  }
  if (root === RESERVED_TREE)
    return `topics below ${RESERVED_TREE}/ belong to bednet's own probes; choose another first level`;
  if (!root!.startsWith("$")) return undefined;
  if (way === "publish")
    return "topics that begin with $ belong to the broker and cannot be written; choose another first level";
  if (root !== "$SYS") return "of the topics that begin with $ only those below $SYS can be read; remove it";
  return whose === "class" ? "devices have no business in $SYS; grant it to a service or a person" : undefined;
}

function placeholderProblem(filter: string, whose: Whose): string | undefined {
  const mosquittos = /%[uc]/.exec(filter)?.[0];
  if (mosquittos !== undefined)
    return `Mosquitto would replace ${mosquittos}; ${whose === "class" ? "write {device} for the device's id" : "leave it out"}`;
  const levels = filter.split("/");
  if (whose !== "class") {
    return filter.includes("{device}")
      ? "{device} stands for a device's id, and only in classes; write + for every device"
      : undefined;
  }
  const odd = levels.find((level) => level !== "{device}" && /[{}]/.test(level));
  if (odd !== undefined)
    return odd.includes("{device}")
      ? `{device} must be a whole level, but a level is ${quote(odd)}`
      : `${quote(odd)} is no placeholder; write {device} for the device's id`;
  if (levels.includes("{device}")) return undefined;
  return "without {device} as a level it would be open to every device of the class; add {device}, or move the grant to a service";
}

function pooledProblem(filter: string): string | undefined {
  return /^[+#]/.test(filter)
    ? "a pooled pattern with a wildcard in the first level would reach into bednet's own tree; write the first level out"
    : undefined;
}
