// What becomes of a session when somebody else logs in with its client id.
import { answerInWords, isAccepted, isRefused } from "../wire/login.ts";
import { Ended } from "../wire/session.ts";
import type { Slot } from "../wire/slot.ts";

export interface Takeover {
  /** How the broker answered the rival, who gave its own name and password, and the victim's client id. */
  readonly rival: "accepted" | "refused";
  /** The control for a refusal: the rival's login with its own client id. */
  readonly isRivalKnown: boolean;
  readonly victim: "stayed" | "thrown out";
}

export async function gatherTakeover(opening: Promise<Slot>): Promise<Takeover> {
  const slot = await opening;
  const { victim, rival } = slot.names;
  const session = await slot.as("victim");
  const { answer } = await slot.tryLogin("rival", { clientId: victim });
  // The broker threw the victim out before it answered the rival, so an answer to the victim now means that it stayed.
  const stays = session.publish(`bednet/probe/a/${victim}/up`, `${slot.nonce} still here`).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Ended) return false;
      throw error;
    },
  );
  if (!(await stays)) {
    await confirm(slot);
    return { rival: "accepted", isRivalKnown: true, victim: "thrown out" };
  }
  if (isAccepted(answer)) return { rival: "accepted", isRivalKnown: true, victim: "stayed" };
  if (!isRefused(answer)) throw new Error(`the login of ${rival} was ${answerInWords(answer)}`);
  const { answer: own } = await slot.tryLogin("rival");
  return { rival: "refused", isRivalKnown: isAccepted(own), victim: "stayed" };
}

/** It may have been another verification. So the watcher must still be ours, and the same must happen on a second slot. */
async function confirm(slot: Slot): Promise<void> {
  await slot.pulse();
  slot.history.takeovers += 1;
  if (slot.history.takeovers < 2) throw new Ended("another login took the session over");
}
