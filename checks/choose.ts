// Which checks to run: all, or those that were asked for by id.
import { Problem } from "../fleet/problem.ts";
import { nearest } from "../fleet/suggest.ts";
import type { Check } from "./check.ts";

/** What is wrong with the ids that were asked for; undefined: nothing. */
export function strangersAmong(checks: readonly Check[], only: readonly string[] = []): Problem | undefined {
  const ids = checks.map(({ id }) => id);
  const strangers = only.filter((id) => !ids.includes(id));
  if (strangers.length === 0) return undefined;
  const lines = strangers.map((id) => {
    const near = nearest(id, ids);
    return `there is no check ${JSON.stringify(id)}${near === undefined ? "" : `; did you mean ${near}?`}`;
  });
  return new Problem(lines.join("\n"), `Choose from: ${ids.join(", ")}. Nothing was verified.`);
}

/** In the order of the list. Throws a Problem for an id that is not there, and for a choice that proves nothing. */
export function choose(checks: readonly Check[], only?: readonly string[]): readonly Check[] {
  const problem = strangersAmong(checks, only);
  if (problem) throw problem;
  const chosen = only === undefined ? checks : checks.filter(({ id }) => only.includes(id));
  if (chosen.length === 0)
    throw new Problem(
      "no check was chosen, and an empty list proves nothing",
      `Choose from: ${checks.map(({ id }) => id).join(", ")}.`,
    );
  return chosen;
}
