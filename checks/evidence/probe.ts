// Whether the broker knows this fleet's probes at all.

import { messageOf } from "../wire/deadline.ts";
import { Ended } from "../wire/session.ts";
import { Refused, type Slot } from "../wire/slot.ts";

export type Probe =
  | { readonly state: "known" }
  | { readonly state: "refused"; readonly because: string }
  | { readonly state: "not tried"; readonly because: string };

export async function gatherProbe(opening: Promise<Slot>): Promise<Probe> {
  try {
    await opening;
    return { state: "known" };
  } catch (error) {
    if (error instanceof Ended) throw error;
    return { state: error instanceof Refused ? "refused" : "not tried", because: messageOf(error) };
  }
}
