// Gathers evidence once, all kinds at the same time; a kind that cannot be gathered is a reason, not a crash.
import { randomInt } from "node:crypto";
import { PROBE_SLOTS } from "../fleet/access.ts";
import { type Evidence, openGatherers, probeGatherers } from "./evidence/index.ts";
import type { VerifyTarget } from "./target.ts";
import { childOf, messageOf } from "./wire/deadline.ts";
import { Ended } from "./wire/session.ts";
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
          if (error instanceof Ended) throw error;
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
    let last = new Ended();
    for (const number of slotsInRandomOrder()) {
      const attempt = childOf(signal);
      const opening = openSlot(target, number, attempt.signal, history);
      const slot = opening.then((run) => run.slot);
      const work = Promise.all(byProbes.map((kind) => settle(kind, probeGatherers[kind](slot))));
      const lost = opening.then(
        (run) => run.lost,
        () => work,
      );
      const result = await Promise.race([work, lost]).catch((error: unknown) => {
        if (error instanceof Ended) return error;
        throw error;
      });
      await opening.then((run) => run.close()).catch(() => {});
      attempt.abort();
      if (!(result instanceof Ended)) return result;
      last = result;
    }
    const reason = `with each of the ${PROBE_SLOTS} sets of probes ${last.message}`;
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
