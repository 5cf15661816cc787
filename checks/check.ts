// What a check is: a true sentence about a healthy broker, judged on evidence that others gathered.
import type { Evidence } from "./evidence/index.ts";

/** What one look at the evidence says. There is no default: silence is not a pass. */
export type Verdict =
  | { readonly outcome: "pass"; readonly saw: string }
  | { readonly outcome: "fail"; readonly saw: string; readonly expected: string }
  | { readonly outcome: "skip"; readonly because: string }
  | { readonly outcome: "unknown"; readonly because: string };

export type Outcome = Verdict["outcome"];

export const pass = (saw: string): Verdict => ({ outcome: "pass", saw });
export const fail = (saw: string, expected: string): Verdict => ({ outcome: "fail", saw, expected });
/** The check does not apply to this fleet. */
export const skip = (because: string): Verdict => ({ outcome: "skip", because });
/** It applies, but nothing was proven: evidence is missing, or its positive control is. */
export const unknown = (because: string): Verdict => ({ outcome: "unknown", because });

export interface Check<Need extends keyof Evidence = keyof Evidence> {
  /** Same as the file name; printed, linked and used in `--only`. Never used again for something else. */
  readonly id: string;
  /** True sentence about a healthy broker. */
  readonly title: string;
  /** What goes wrong in the field when this fails. */
  readonly why: string;
  /** What to do about it, as a command where possible. */
  readonly fix: string;
  /** A failed blocker fails the run; failed advice is only shown. */
  readonly severity: "blocker" | "advice";
  readonly needs: readonly Need[];
  run(evidence: Pick<Evidence, Need>): Verdict;
  /** Tested and printed in the docs: at least one case that must pass and one that must fail. */
  readonly examples: {
    readonly passes: readonly Pick<Evidence, Need>[];
    readonly fails: readonly Pick<Evidence, Need>[];
    readonly skips?: readonly Pick<Evidence, Need>[];
    /** Evidence without its positive control. */
    readonly unknowns?: readonly Pick<Evidence, Need>[];
  };
}

/** Keeps `run` and `examples` typed by exactly what `needs` names, then forgets the detail for the list. */
export function defineCheck<const Need extends keyof Evidence>(check: Check<Need>): Check {
  return check as unknown as Check;
}
