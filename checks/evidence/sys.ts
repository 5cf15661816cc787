// Who sees the broker's own statistics: the watcher should, a device should not.
import type { Slot } from "../wire/slot.ts";

export interface Sys {
  /** Topics that reached the device before the control did. */
  readonly deviceHeard: readonly string[];
  /** Published after the device had subscribed, so whatever was retained came before it. */
  readonly isControlHeard: boolean;
  readonly watcherSees: boolean;
}

export async function gatherSys(opening: Promise<Slot>): Promise<Sys> {
  const slot = await opening;
  const session = await slot.as("device");
  const control = `bednet/probe/a/${slot.names.device}/down`;
  const payload = `${slot.nonce} sys`;
  await session.subscribe(["$SYS/#", control]);
  await Promise.all([slot.watcher.publish(control, payload), slot.pulse()]);
  const isControlHeard = await session.hears((message) => message.payload === payload);
  const isSys = ({ topic }: { readonly topic: string }): boolean => topic.startsWith("$SYS/");
  return {
    deviceHeard: session.heard.filter(isSys).map(({ topic }) => topic),
    isControlHeard,
    watcherSees: slot.watcher.heard.some(isSys),
  };
}
