// What becomes of messages that a device may not publish, followed on the same connection by one that it may.
import type { Slot } from "../wire/slot.ts";

export interface Publish {
  readonly topic: string;
  /** The broker's reason code: 135 is a denial, 0 and 16 are not. */
  readonly code: number;
  /** Whether the watcher, who may hear everything among the probes, heard it. */
  readonly isDelivered: boolean;
}

export interface Publishing {
  readonly forbidden: readonly Publish[];
  /** Sent after the forbidden ones: once it has arrived, they would have, too. */
  readonly control: Publish;
}

export async function gatherPublishing(opening: Promise<Slot>): Promise<Publishing> {
  const slot = await opening;
  const { device, neighbour } = slot.names;
  const session = await slot.as("device");
  const forbidden = [`bednet/probe/a/${neighbour}/up`, `bednet/probe/a/${device}/down`];
  return publishInOrder(slot, session, forbidden, `bednet/probe/a/${device}/up`);
}

export async function publishInOrder(
  slot: Slot,
  session: Pick<Slot["watcher"], "publish">,
  forbidden: readonly string[],
  control: string,
): Promise<Publishing> {
  const { watcher, nonce } = slot;
  const payload = (topic: string): string => `${nonce} publish ${topic}`;
  const isDelivered = (topic: string): boolean => watcher.heard.some((message) => message.payload === payload(topic));
  const topics = [...forbidden, control];
  const codes = await Promise.all(topics.map((topic) => session.publish(topic, payload(topic))));
  if (codes.at(-1)! < 128) await watcher.hears((message) => message.payload === payload(control));
  const sent = topics.map((topic, i) => ({ topic, code: codes[i]!, isDelivered: isDelivered(topic) }));
  return { forbidden: sent.slice(0, -1), control: sent.at(-1)! };
}
