// What the schema says about fleet.yaml, in the words of whoever wrote it.
import type { z } from "zod";
import { dotted, type Mistake, quote } from "./mistake.ts";
import { FleetFile } from "./schema.ts";
import { descriptionOf, knownBelow, pathsNamed } from "./settings.ts";
import { nearest } from "./suggest.ts";
import type { YamlSource } from "./yaml-source.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

export function settingMistakes(issues: readonly Issue[], source: YamlSource): Mistake[] {
  return issues.flatMap((issue) => explain(issue, [], source));
}

function explain(issue: Issue, above: Path, source: YamlSource): Mistake[] {
  const path = [...above, ...issue.path];
  const value = valueAt(source.value, path);
  const one = (says: string): Mistake[] => [{ ...source.at(path), path: dotted(path), says }];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...source.atKey([...path, key]),
      path: dotted([...path, key]),
      says: unknownSetting(path, key, source.value),
    }));
  }
  if (issue.code === "invalid_key") {
    const name = String(path.at(-1));
    const says = name === "" ? "a name is missing here" : `${quote(name)}: ${issue.issues[0]?.message ?? "not a name"}`;
    return [{ ...source.atKey(path), path: dotted(path.slice(0, -1)), says }, ...entryMistakes(path, value, source)];
  }
  if (value === undefined) return one(`is missing; add it${purpose(path, source.value)}`);
  if (value === null) return one(`is empty; give it a value or remove the line${purpose(path, source.value)}`);
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const branch = issue.errors.find((errors) =>
      errors.some(({ path, code }) => path.length > 0 || code === "unrecognized_keys"),
    );
    return branch === undefined
      ? one(`${shown(value)}: ${custom(issue) ?? options(path, source.value)}`)
      : branch.flatMap((inner) => explain(inner, path, source));
  }
  return one(inWords(issue, value));
}

function inWords(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" && typeof value === "number"
        ? `${value} is not a whole number`
        : `${shown(value)} is ${kindOf(value)}, expected ${kinds[issue.expected] ?? issue.expected}`;
    case "too_small":
      if (typeof value !== "number") return issue.message;
      return `${value} is too small, expected ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
    case "too_big":
      if (typeof value !== "number") return issue.message;
      return `${value} is too large, expected ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    case "invalid_value":
      return notOffered(value, issue.values.map(String));
    case "invalid_union":
      return notOffered(value, "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : []);
    default:
      return `${shown(value)}: ${issue.message}`;
  }
}

function notOffered(value: unknown, offered: readonly string[]): string {
  const near = typeof value === "string" ? nearest(value, offered) : undefined;
  const list = offered.length > 1 ? `${offered.slice(0, -1).join(", ")} or ${offered.at(-1)}` : offered.join("");
  return near === undefined
    ? `${shown(value)} is not offered; use ${list}`
    : `${shown(value)} is not offered; did you mean ${near}?`;
}

function unknownSetting(path: Path, key: string, root: unknown): string {
  const known = knownBelow(path, root);
  const near = nearest(key, known);
  if (near !== undefined) return `unknown setting; did you mean ${near}?`;
  const [elsewhere, another] = path.length === 0 ? pathsNamed(key) : [];
  if (elsewhere !== undefined && another === undefined) return `unknown setting; did you mean ${elsewhere}?`;
  return known.length === 0
    ? "unknown setting; remove it"
    : `unknown setting; remove it (known here: ${known.join(", ")})`;
}

/** A wrong name must not hide what is wrong below it. */
function entryMistakes(path: Path, value: unknown, source: YamlSource): Mistake[] {
  const section = FleetFile.shape[path[0] as "classes" | "services" | "people"];
  const result = section.unwrap().valueType.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => explain(issue, path, source));
}

const kinds: Partial<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "settings",
  record: "named entries",
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a group of settings" : (kinds[typeof value] ?? typeof value);
}

const shown = (value: unknown): string =>
  typeof value === "string" ? quote(value) : typeof value === "object" ? "this" : String(value);
const custom = (issue: Issue): string | undefined => (issue.message === "Invalid input" ? undefined : issue.message);
const options = (path: Path, root: unknown): string => `not what belongs here${purpose(path, root)}`;

function purpose(path: Path, root: unknown): string {
  const description = descriptionOf(path, root);
  return description === undefined
    ? ""
    : ` (${description.charAt(0).toLowerCase()}${description.slice(1).replace(/\.$/, "")})`;
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined,
    root,
  );
}
