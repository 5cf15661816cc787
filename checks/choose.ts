// Which checks to run: all, or those that were asked for by id.
import { Problem } from "../fleet/problem.ts";
import { nearest } from "../fleet/suggest.ts";
import type { Check } from "./check.ts";

/** In the order of the list. Throws a Problem for an id that is not there, and for a choice that proves nothing. */
export function choose(checks: readonly Check[], only?: readonly string[]): readonly Check[] {
  const ids = checks.map(({ id }) => id);
  const strangers = (only ?? []).filter((id) => !ids.includes(id));
  if (strangers.length > 0) {
    const lines = strangers.map((id) => {
      const near = nearest(id, ids);
      return `there is no check ${JSON.stringify(id)}${near === undefined ? "" : `; did you mean ${near}?`}`;
    });
    throw new Problem(lines.join("\n"), `Choose from: ${ids.join(", ")}. Nothing was verified.`);
  }
  const chosen = only === undefined ? checks : checks.filter(({ id }) => only.includes(id));
  if (chosen.length === 0)
    throw new Problem("no check was chosen, and an empty list proves nothing", `Choose from: ${ids.join(", ")}.`);
  return chosen;
}
