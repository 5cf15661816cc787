// Something that a deploy would stumble over half-way, found before anything is created.
import { Problem } from "../../fleet/problem.ts";

export interface Trouble {
  readonly what: string;
  readonly wayOut: string;
}

/** Throws one Problem with all of them. */
export function refuseAll(troubles: readonly Trouble[]): void {
  if (troubles.length === 0) return;
  const many = troubles.length === 1 ? "one thing is" : `${troubles.length} things are`;
  throw new Problem(
    `${many} in the way of a deploy:\n${troubles.map(({ what, wayOut }) => `  ${what}\n    → ${wayOut}`).join("\n")}`,
    "Settle each of them and run the command again; nothing was changed.",
  );
}
