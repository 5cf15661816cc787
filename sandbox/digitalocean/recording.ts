// Conversations with the API as JSON lines, and their replay against a fresh stand-in, which must answer the same.
import { isDeepStrictEqual } from "node:util";
import { makeCloud } from "./cloud.ts";
import { instantHosts } from "./hosts.ts";
import type { Call } from "./route.ts";
import { answer } from "./router.ts";

/** No header is kept, so no token is. */
export interface Exchange {
  /** Since the stand-in started. */
  readonly atMs: number;
  readonly method: string;
  readonly url: string;
  readonly body: Call["body"];
  readonly status: number;
  readonly answer: object | undefined;
}

/** What a recording was made with. Times count from one fixed moment, so that a replay tells the same ones. */
export interface Heading {
  readonly about: string;
  readonly zones: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const recordingEpochMs = Date.UTC(2026, 0, 1);

/** The clock of a stand-in whose conversation will be kept. */
export function recordingClock(): () => number {
  const startedAtMs = performance.now();
  return () => recordingEpochMs + Math.round(performance.now() - startedAtMs);
}

export const conversationText = (heading: Heading, exchanges: readonly Exchange[]): string =>
  [heading, ...exchanges].map((line) => `${JSON.stringify(line)}\n`).join("");

export function parseConversation(text: string): { heading: Heading; exchanges: Exchange[] } {
  const [heading, ...exchanges] = text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  return { heading: heading as Heading, exchanges: exchanges as Exchange[] };
}

export interface Difference {
  /** Line of the recording, from 1. */
  readonly line: number;
  readonly request: string;
  readonly recorded: unknown;
  readonly now: unknown;
}

/** Empty: each request got the answer that it got then, and none met something that is not imitated. */
export async function replay({ heading, exchanges }: ReturnType<typeof parseConversation>): Promise<Difference[]> {
  let nowMs = recordingEpochMs;
  const cloud = makeCloud({ hosts: instantHosts(), account: { zones: heading.zones }, clockMs: () => nowMs });
  const differences: Difference[] = [];
  for (const [at, { atMs, method, url, body, status, answer: then }] of exchanges.entries()) {
    nowMs = recordingEpochMs + atMs;
    cloud.nowMs = nowMs;
    const given = await answer(cloud, { method, url, body });
    await cloud.quiet();
    const now = { status: given.status, answer: given.body === undefined ? undefined : plain(given.body) };
    const recorded = { status, answer: then };
    if (!isDeepStrictEqual(now, recorded))
      differences.push({ line: at + 2, request: `${method} ${url}`, recorded, now });
  }
  const found = [...cloud.gaps, ...cloud.failures];
  return [...differences, ...found.map((now) => ({ line: 0, request: "", recorded: undefined, now }))];
}

const plain = (value: object): unknown => JSON.parse(JSON.stringify(value));
