// What a user outside class a reaches of that class's topics under its own name, and of its own topics.
import type { Slot } from "../wire/slot.ts";
import { type Publishing, publishInOrder } from "./publishing.ts";
import { type Subscribing, subscribeInOrder } from "./subscribing.ts";

export interface Isolation {
  readonly publishing: Publishing;
  readonly subscribing: Subscribing;
}

export async function gatherIsolation(opening: Promise<Slot>): Promise<Isolation> {
  const slot = await opening;
  const session = await slot.as("stranger");
  const { stranger } = slot.names;
  const [up, down] = [`bednet/probe/a/${stranger}/up`, `bednet/probe/a/${stranger}/down`];
  const [publishing, subscribing] = await Promise.all([
    publishInOrder(slot, session, [up], `bednet/probe/b/${stranger}/up`),
    subscribeInOrder(slot, session, [down], [down], `bednet/probe/b/${stranger}/down`),
  ]);
  return { publishing, subscribing };
}
