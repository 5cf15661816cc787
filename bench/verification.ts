// A whole verification against its slowest check: in the same run, and run alone.
import { checklist } from "../checks/checklist.ts";
import { targetOf } from "../checks/target.ts";
import { verify } from "../checks/verify.ts";
import { planFleet } from "../fleet/plan.ts";
import type { Place } from "./place.ts";
import { inTurns, summary, type Took } from "./rounds.ts";

export interface Verification {
  readonly all: Took;
  /** In the same runs, until the evidence that came last was there. */
  readonly evidence: Took;
  readonly slowest: Took;
  readonly slowestId: string;
}

export async function verification({ site, guest }: Place, rounds: number): Promise<Verification> {
  const { fleet, lock, verifyKey, trust } = site;
  const target = targetOf({ fleet, plan: planFleet(fleet), lock, verifyKey, trust, address: guest.address });
  const evidenceMs: number[] = [];
  const run = (only?: string) => async (): Promise<number> => {
    const { findings, durationMs, gatheredMs } = await verify(target, only === undefined ? {} : { only: [only] });
    const bad = findings.find(({ verdict }) => verdict.outcome !== "pass");
    if (bad) throw new Error(`${bad.check.id}: ${JSON.stringify(bad.verdict)}`);
    if (only === undefined) evidenceMs.push(Math.max(...Object.values(gatheredMs)));
    return durationMs;
  };
  const alone = Object.fromEntries(checklist.map(({ id }) => [id, run(id)]));
  // The first one compiles what all of them use.
  await run()();
  const took = await inTurns({ all: run(), ...alone }, rounds);
  const ids = checklist.map(({ id }) => id);
  const slowestId = ids.reduce((a, b) => (took[b as "all"].medianMs > took[a as "all"].medianMs ? b : a));
  return { all: took.all, evidence: summary(evidenceMs.slice(1)), slowest: took[slowestId as "all"], slowestId };
}
