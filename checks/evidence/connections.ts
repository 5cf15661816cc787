// How many clients the broker says it holds, and how old that number is.
import { type Slot, SYS_TOPICS } from "../wire/slot.ts";

export interface Connections {
  /** Without this run's probes. */
  readonly connected: number;
  /** Undefined: Mosquitto from 2.0.18 on does not tell. */
  readonly ageSeconds: number | undefined;
}

/** What Mosquitto 2.0.11 gives each message under $SYS to live; a count that has not changed for so long is gone. */
const SYS_LIFE_SECONDS = 60;
/** Longer than `sys_interval`: our own logins have changed the count, so the next one is published. */
const NEXT_MS = 12_000;

export async function gatherConnections(opening: Promise<Slot>): Promise<Connections> {
  const { watcher, pulse, held } = await opening;
  await pulse();
  if (!watcher.heard.some(({ topic }) => topic.startsWith("$SYS/")))
    throw new Error(
      "the broker shows the watcher nothing under $SYS: either sys_interval is 0 or the ACL withholds it",
    );
  const count = await watcher.hear("a count of clients", ({ topic }) => topic === SYS_TOPICS.connected, NEXT_MS);
  // What was retained is from before our logins.
  const connected = Number(count.payload) - (count.isRetained ? 0 : held());
  if (!Number.isInteger(connected)) throw new Error(`the broker's count of clients is no number: ${count.payload}`);
  const uptime = watcher.heard.findLast(({ topic }) => topic === SYS_TOPICS.uptime);
  const lives = uptime?.expiresInSeconds;
  const ageSeconds = uptime?.isRetained === false ? 0 : lives === undefined ? undefined : SYS_LIFE_SECONDS - lives;
  return { connected: Math.max(0, connected), ageSeconds };
}
