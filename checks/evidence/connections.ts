// How many clients the broker says it holds, and how old that number is.
import { type Slot, SYS_TOPICS } from "../wire/slot.ts";

export interface Connections {
  readonly connected: number;
  /** Undefined: this version of Mosquitto does not tell (facts: 2.0.21 and later keep $SYS without an expiry). */
  readonly ageSeconds: number | undefined;
}

/** What Mosquitto up to 2.0.18 gives each $SYS message to live; a count that has not changed for so long is gone. */
const SYS_LIFE_SECONDS = 60;
/** Longer than `sys_interval`: our own logins have changed the count, so the next one is published. */
const NEXT_MS = 12_000;

export async function gatherConnections(opening: Promise<Slot>): Promise<Connections> {
  const { watcher, pulse } = await opening;
  await pulse();
  if (!watcher.heard.some(({ topic }) => topic.startsWith("$SYS/")))
    throw new Error(
      "the broker shows the watcher nothing under $SYS: either sys_interval is 0 or the ACL withholds it",
    );
  const count = await watcher.hear("a count of clients", ({ topic }) => topic === SYS_TOPICS.connected, NEXT_MS);
  const connected = Number(count.payload);
  if (!Number.isInteger(connected)) throw new Error(`the broker's count of clients is no number: ${count.payload}`);
  const uptime = watcher.heard.findLast(({ topic }) => topic === SYS_TOPICS.uptime);
  const lives = uptime?.expiresInSeconds;
  const ageSeconds = uptime?.isRetained === false ? 0 : lives === undefined ? undefined : SYS_LIFE_SECONDS - lives;
  return { connected, ageSeconds };
}
