// What a device hears of messages it may not read, followed on the same connection by one that it may.
import type { Slot } from "../wire/slot.ts";

export interface Subscribing {
  /** Subscribed to, and granted by every Mosquitto: a SUBACK proves nothing. */
  readonly filters: readonly string[];
  /** Forbidden topics that were published to. */
  readonly forbidden: readonly string[];
  /** Those of them that the device heard. */
  readonly heard: readonly string[];
  /** Published after the forbidden ones, by the same publisher. */
  readonly control: { readonly topic: string; readonly isHeard: boolean };
}

export async function gatherSubscribing(opening: Promise<Slot>): Promise<Subscribing> {
  const slot = await opening;
  const { device, neighbour } = slot.names;
  const session = await slot.as("neighbour");
  const forbidden = [`bednet/probe/a/${device}/down`, `bednet/probe/a/${neighbour}/up`];
  const wide = ["bednet/probe/a/+/down", "bednet/probe/#"];
  return subscribeInOrder(slot, session, [...forbidden, ...wide], forbidden, `bednet/probe/a/${neighbour}/down`);
}

export async function subscribeInOrder(
  { watcher, nonce }: Slot,
  session: Slot["watcher"],
  filters: readonly string[],
  forbidden: readonly string[],
  control: string,
): Promise<Subscribing> {
  const payload = (topic: string): string => `${nonce} subscribe ${topic}`;
  const isHeard = (topic: string): boolean => session.heard.some((message) => message.payload === payload(topic));
  await session.subscribe([...filters, control]);
  await Promise.all([...forbidden, control].map((topic) => watcher.publish(topic, payload(topic))));
  await session.hears((message) => message.payload === payload(control));
  return {
    filters,
    forbidden,
    heard: forbidden.filter(isHeard),
    control: { topic: control, isHeard: isHeard(control) },
  };
}
