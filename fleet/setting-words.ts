// A wrong value in plain words: what it is, what was expected, what it is for.
import type { z } from "zod";
import { quote } from "./mistake.ts";
import { descriptionOf } from "./settings.ts";
import { nearest } from "./suggest.ts";

export function inWords(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      if (Number.isNaN(value)) return `${value} is not a number; write one, or remove the line`;
      if (value === Number.POSITIVE_INFINITY) return `${value} is too large`;
      if (value === Number.NEGATIVE_INFINITY) return `${value} is too small`;
      if (issue.expected === "int" && typeof value === "number") return `${value} is not a whole number`;
      return `${shown(value)} is ${kindOf(value)}, expected ${kinds[issue.expected] ?? issue.expected}`;
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
    case "custom":
      if (issue.params?.alone === true) return issue.message;
      return `${shown(value)}: ${issue.message}`;
    default:
      return `${shown(value)}: ${issue.message}`;
  }
}

/** In brackets, what a setting is for; empty when nobody said. */
export function purpose(path: readonly PropertyKey[], root: unknown): string {
  const description = descriptionOf(path, root)?.replace(/\.$/, "");
  if (description === undefined) return "";
  return ` (${description.replace(/^[A-Z](?=[a-z ])/, (first) => first.toLowerCase())})`;
}

/** The value itself where it is a single one. */
export function shown(value: unknown): string {
  if (typeof value === "string") return quote(value);
  return typeof value === "object" ? "this" : String(value);
}

function notOffered(value: unknown, offered: readonly string[]): string {
  const near = typeof value === "string" ? nearest(value, offered) : undefined;
  if (near !== undefined) return `${shown(value)} is not offered; did you mean ${near}?`;
  const list = offered.length > 1 ? `${offered.slice(0, -1).join(", ")} or ${offered.at(-1)}` : offered.join("");
  return `${shown(value)} is not offered; use ${list}`;
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
