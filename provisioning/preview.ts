// What converge would do and what it would cost the connected clients, without doing it.
import type { Host } from "../remote/host.ts";
import type { Effect } from "../templates/effect.ts";
import { type CompareOptions, compare } from "./compare.ts";
import { effectOf } from "./difference.ts";
import type { Observed } from "./observed.ts";

export interface Preview {
  readonly observed: Observed;
  /** What would be done, in the runbook's words; empty: nothing. */
  readonly changes: readonly { readonly step: string; readonly says: string }[];
  readonly effect: Effect;
  /** Connected clients that `restart` would drop. */
  readonly clients: number;
}

/** Throws what converge would refuse. */
export async function preview(host: Host, options: CompareOptions): Promise<Preview> {
  const { observed, changes } = await compare(host, options);
  return {
    observed,
    changes: changes.map(({ step, wish }) => ({ step: step.id, says: wish.says })),
    effect: effectOf(changes),
    clients: observed.clients,
  };
}
