// Verifies a broker from outside: gathers what the chosen checks need, once, then lets each check judge it.
import { type Check, unknown, type Verdict } from "./check.ts";
import { checklist } from "./checklist.ts";
import { choose } from "./choose.ts";
import type { Evidence } from "./evidence/index.ts";
import { type Gathered, gather, type Kind } from "./gather.ts";
import type { Finding, Report } from "./report.ts";
import type { VerifyTarget } from "./target.ts";
import { childOf, messageOf } from "./wire/deadline.ts";

export const DEADLINE_MS = 20_000;

export interface VerifyOptions {
  /** Ids of the checks to run; left out, all of them. */
  readonly only?: readonly string[];
  /** What is not gathered by then becomes `unknown`. */
  readonly deadlineMs?: number;
  /** Aborted: closes every connection, then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly checks?: readonly Check[];
}

/** Rejects only with a Problem (a choice that makes no sense) or the reason of the signal. */
export async function verify(target: VerifyTarget, options: VerifyOptions = {}): Promise<Report> {
  const { only, deadlineMs = DEADLINE_MS, signal, checks = checklist } = options;
  const chosen = choose(checks, only);
  const startedAt = new Date();
  const start = performance.now();
  const sinceStart = (): number => Math.round(performance.now() - start);

  const over = childOf(signal);
  const reason = new Error(`it was not gathered within the ${deadlineMs / 1000} s that a verification may take`);
  const deadline = setTimeout(() => over.abort(reason), deadlineMs);
  const gatheredMs: Record<string, number> = {};
  try {
    const kinds = new Set(chosen.flatMap(({ needs }) => needs));
    const gathered = await gather(target, kinds, over.signal, (kind) => {
      gatheredMs[kind] = sinceStart();
    });
    signal?.throwIfAborted();
    const findings = chosen.map((check): Finding => ({ check, verdict: judge(check, gathered) }));
    const { domain, address, port } = target;
    return { target: { domain, address, port }, startedAt, durationMs: sinceStart(), findings, gatheredMs };
  } finally {
    clearTimeout(deadline);
    over.abort();
  }
}

/** One check that throws is its own `unknown`; the others still judge. */
export function judge(check: Check, gathered: ReadonlyMap<Kind, Gathered>): Verdict {
  const evidence: Partial<Record<Kind, unknown>> = {};
  for (const kind of check.needs) {
    const found = gathered.get(kind) ?? { reason: `${kind} was not gathered` };
    if ("reason" in found) return unknown(found.reason);
    evidence[kind] = found.value;
  }
  try {
    return check.run(evidence as unknown as Evidence);
  } catch (error) {
    return unknown(`the check itself failed: ${messageOf(error)}`);
  }
}
