// What the schema says about fleet.yaml, told at the place in the file where it was written.
import type { z } from "zod";
import { dotted, type Mistake, quote } from "./mistake.ts";
import { FleetFile } from "./schema.ts";
import { inWords, purpose, shown } from "./setting-words.ts";
import { knownBelow, pathsNamed } from "./settings.ts";
import { nearest } from "./suggest.ts";
import type { YamlSource } from "./yaml-source.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

interface Explained extends Mistake {
  readonly isMissing?: boolean;
  /** Of an unknown setting: the path of the one that was probably meant. */
  readonly meant?: string;
}

export function settingMistakes(issues: readonly Issue[], source: YamlSource): Mistake[] {
  const all = issues.flatMap((issue) => explain(issue, [], source));
  const meant = new Set(all.map((one) => one.meant));
  return all.filter(({ isMissing, path }) => !(isMissing && meant.has(path)));
}

function explain(issue: Issue, above: Path, source: YamlSource): Explained[] {
  const path = [...above, ...issue.path];
  const value = valueAt(source.value, path);
  const one = (says: string, more: Partial<Explained> = {}): Explained[] => [
    { ...source.at(path), path: dotted(path), says, ...more },
  ];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownSetting(path, key, source));
  if (issue.code === "invalid_key") return [wrongName(path, issue, source), ...entryMistakes(path, value, source)];
  if (value === undefined) return one(`is missing; add it${purpose(path, source.value)}`, { isMissing: true });
  if (value === null) return one(`is empty; ${forEmpty(path)}${purpose(path, source.value)}`);
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const branch = issue.errors.find((errors) => errors.some((inner) => inner.path.length > 0 || "keys" in inner));
    if (branch !== undefined) return branch.flatMap((inner) => explain(inner, path, source));
    const custom = issue.message === "Invalid input" ? "not what belongs here" : issue.message;
    return one(`${shown(value)}: ${custom}${custom === issue.message ? "" : purpose(path, source.value)}`);
  }
  return one(inWords(issue, value));
}

function forEmpty(path: Path): string {
  const isGrant = path.at(-2) === "publish" || path.at(-2) === "subscribe";
  return isGrant ? 'a topic that begins with # needs quotes, such as "#"' : "give it a value or remove the line";
}

function unknownSetting(path: Path, key: string, source: YamlSource): Explained {
  const whole = [...path, key];
  const says = (meant: string | undefined, known: readonly string[]): string => {
    if (meant !== undefined) return `unknown setting; did you mean ${meant}?`;
    return known.length === 0
      ? "unknown setting; remove it"
      : `unknown setting; remove it (known here: ${known.join(", ")})`;
  };
  const known = knownBelow(path, source.value);
  const elsewhere = path.length === 0 ? pathsNamed(key) : [];
  const meant = elsewhere.length === 1 ? elsewhere[0] : nearest(key, known);
  const mistake = { ...source.atKey(whole), path: dotted(whole), says: says(meant, known) };
  return meant === undefined
    ? mistake
    : { ...mistake, meant: elsewhere.length === 1 ? meant : dotted([...path, meant]) };
}

function wrongName(path: Path, issue: z.core.$ZodIssueInvalidKey, source: YamlSource): Explained {
  const name = String(path.at(-1));
  const says = name === "" ? "a name is missing here" : `${quote(name)}: ${issue.issues[0]?.message ?? "not a name"}`;
  return { ...source.atKey(path), path: dotted(path.slice(0, -1)), says };
}

/** A wrong name must not hide what is wrong below it. */
function entryMistakes(path: Path, value: unknown, source: YamlSource): Explained[] {
  const section = FleetFile.shape[path[0] as "classes" | "services" | "people"];
  const result = section.unwrap().valueType.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => explain(issue, path, source));
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    const isIn = typeof value === "object" && value !== null && Object.hasOwn(value, part);
    return isIn ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  }, root);
}
