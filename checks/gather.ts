// Gathers evidence once, all kinds at the same time; a kind that cannot be gathered is a reason, not a crash.
import { randomInt } from "node:crypto";
import { PROBE_SLOTS } from "../fleet/access.ts";
import { type Evidence, openGatherers, probeGatherers } from "./evidence/index.ts";
import type { VerifyTarget } from "./target.ts";
import { childOf, messageOf } from "./wire/deadline.ts";
import { TakenOver } from "./wire/session.ts";
import { type History, openSlot } from "./wire/slot.ts";

export type Kind = keyof Evidence;
export type Gathered = { readonly value: unknown } | { readonly reason: string };

/** Never rejects: what the signal ends is a reason like any other. */
export async function gather(
  target: VerifyTarget,
  kinds: ReadonlySet<Kind>,
  signal: AbortSignal,
  note: (kind: Kind) => void,
): Promise<ReadonlyMap<Kind, Gathered>> {
  const open = keysOf(openGatherers).filter((kind) => kinds.has(kind));
  const byProbes = keysOf(probeGatherers).filter((kind) => kinds.has(kind));
  const settle = (kind: Kind, work: Promise<unknown>): Promise<[Kind, Gathered]> =>
    work
      .then(
        (value) => ({ value }),
        (error: unknown) => {
          if (error instanceof TakenOver) throw error;
          return { reason: messageOf(error) };
        },
      )
      .then((gathered) => {
        note(kind);
        return [kind, gathered];
      });

  const [fromOutside, fromProbes] = await Promise.all([
    Promise.all(open.map((kind) => settle(kind, openGatherers[kind](target, signal)))),
    byProbes.length === 0 ? [] : onSomeSlot(),
  ]);
  return new Map([...fromOutside, ...fromProbes]);

  /** Another verification that comes later takes the slot; then all that needs probes is gathered again on another one. */
  async function onSomeSlot(): Promise<[Kind, Gathered][]> {
    const history: History = { takeovers: 0 };
    for (const number of slotsInRandomOrder()) {
      const attempt = childOf(signal);
      const opening = openSlot(target, number, attempt.signal, history);
      const slot = opening.then((run) => run.slot);
      const lost = opening.then(
        (run) => run.lost,
        () => new Promise<never>(() => {}),
      );
      try {
        return await Promise.race([
          Promise.all(byProbes.map((kind) => settle(kind, probeGatherers[kind](slot)))),
          lost,
        ]);
      } catch (error) {
        if (!(error instanceof TakenOver)) throw error;
      } finally {
        await opening.then((run) => run.close()).catch(() => {});
        attempt.abort();
      }
    }
    const reason = "other verifications took all eight sets of probes over";
    return byProbes.map((kind) => [kind, { reason }]);
  }
}

function slotsInRandomOrder(): number[] {
  const numbers = Array.from({ length: PROBE_SLOTS }, (_, i) => i + 1);
  return numbers
    .map((number) => ({ number, at: randomInt(2 ** 32) }))
    .sort((a, b) => a.at - b.at)
    .map(({ number }) => number);
}

const keysOf = <T extends object>(value: T): (keyof T)[] => Object.keys(value) as (keyof T)[];
