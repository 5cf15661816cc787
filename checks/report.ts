// What a verification found: one finding per check, in the order of the checklist.
import type { Check, Outcome, Verdict } from "./check.ts";

export interface Finding {
  readonly check: Pick<Check, "id" | "title" | "why" | "fix" | "severity">;
  readonly verdict: Verdict;
}

export interface Report {
  readonly target: { readonly domain: string; readonly address: string | undefined; readonly port: number };
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly findings: readonly Finding[];
  /** Milliseconds from the start of the run until each kind of evidence was there, or was given up. */
  readonly gatheredMs: Readonly<Record<string, number>>;
}

/** 0 every blocker passed or does not apply, 1 one failed, 2 one could not be judged. */
export function exitCodeOf({ findings }: Pick<Report, "findings">): 0 | 1 | 2 {
  const blocking = findings.filter(({ check }) => check.severity === "blocker").map(({ verdict }) => verdict.outcome);
  if (blocking.includes("fail")) return 1;
  return blocking.includes("unknown") ? 2 : 0;
}

export function countsOf({ findings }: Pick<Report, "findings">): Record<Outcome, number> {
  const counts = { pass: 0, fail: 0, skip: 0, unknown: 0 };
  for (const { verdict } of findings) counts[verdict.outcome] += 1;
  return counts;
}
