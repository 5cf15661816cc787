// A second opinion on an ACL: Mosquitto's documented order, written without the code it judges.
import type { Access, AclLine } from "../../../fleet/access.ts";

/** The standard's matching as a regular expression. */
function reaches(filter: string, topic: string): boolean {
  if (/^[+#]/.test(filter) && topic.startsWith("$")) return false;
  const escaped = filter.replace(/[$.*?()[\]{}|\\^]/g, "\\$&");
  return new RegExp(
    `^${escaped === "#" ? ".*" : escaped.replace(/\/#$/, "(?:/.*)?").replace(/\+/g, "[^/]*")}$`,
    "s",
  ).test(topic);
}

/** user deny, user lines, pattern deny, patterns; nothing matched: denied (docs/measurements.md#grants). */
export function mayDo(access: Access, user: string, what: "read" | "write", topic: string): boolean {
  if (what === "write" && topic.startsWith("$")) return false;
  const own = access.sections.filter((section) => section.user === user).flatMap((section) => section.lines);
  const patterns = access.patterns.map((line) => ({ ...line, filter: line.filter.replaceAll("%u", user) }));
  const grants = (line: AclLine): boolean => line.access === what || line.access === "readwrite";
  for (const lines of [own, patterns]) {
    const hit = lines.filter(({ filter }) => reaches(filter, topic));
    if (hit.some((line) => line.access === "deny")) return false;
    if (hit.some(grants)) return true;
  }
  return false;
}

/** As a grant reads, without any ACL file. */
export const isGranted = (filters: readonly string[], topic: string): boolean =>
  filters.some((filter) => reaches(filter, topic));

/** The file as Mosquitto reads it. */
export function aclText({ patterns, sections }: Access): string {
  const users = sections.flatMap(({ user, lines }) => [
    `user ${user}`,
    ...lines.map(({ access, filter }) => `topic ${access} ${filter}`),
  ]);
  return `${[...users, ...patterns.map(({ access, filter }) => `pattern ${access} ${filter}`)].join("\n")}\n`;
}
