// A whole verification against the slowest of its checks run alone.
import { checklist } from "../checks/checklist.ts";
import { targetOf } from "../checks/target.ts";
import { verify } from "../checks/verify.ts";
import { planFleet } from "../fleet/plan.ts";
import type { Place } from "./place.ts";
import { inTurns, type Took } from "./rounds.ts";

export async function verification(
  { site, guest }: Place,
  rounds: number,
): Promise<{ all: Took; slowest: Took; slowestId: string }> {
  const { fleet, lock, verifyKey, trust } = site;
  const target = targetOf({ fleet, plan: planFleet(fleet), lock, verifyKey, trust, address: guest.address });
  const run = (only?: string) => async (): Promise<number> => {
    const { findings, durationMs } = await verify(target, only === undefined ? {} : { only: [only] });
    const bad = findings.find(({ verdict }) => verdict.outcome !== "pass");
    if (bad) throw new Error(`${bad.check.id}: ${JSON.stringify(bad.verdict)}`);
    return durationMs;
  };
  const alone = Object.fromEntries(checklist.map(({ id }) => [id, run(id)]));
  // The first one compiles what all of them use.
  await run()();
  const took = await inTurns({ all: run(), ...alone }, rounds);
  const ids = checklist.map(({ id }) => id);
  const slowestId = ids.reduce((a, b) => (took[b as "all"].medianMs > took[a as "all"].medianMs ? b : a));
  return { all: took.all, slowest: took[slowestId as "all"], slowestId };
}
