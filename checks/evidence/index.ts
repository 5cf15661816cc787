// Everything a check may ask for. One file in this folder gathers each entry, at most once per run.
import type { VerifyTarget } from "../target.ts";
import type { Slot } from "../wire/slot.ts";
import { type Anonymous, gatherAnonymous } from "./anonymous.ts";
import { gatherPorts, type Ports } from "./ports.ts";
import { gatherPublishing, type Publishing } from "./publishing.ts";

export interface Evidence {
  readonly ports: Ports;
  readonly anonymous: Anonymous;
  readonly publishing: Publishing;
}

/** They send no password, so they ask any broker. */
export const openGatherers = {
  ports: gatherPorts,
  anonymous: gatherAnonymous,
} satisfies Partial<{ [K in keyof Evidence]: (target: VerifyTarget, signal: AbortSignal) => Promise<Evidence[K]> }>;

/** They log in with probes, over chains that were verified. */
export const probeGatherers = {
  publishing: gatherPublishing,
} satisfies Partial<{ [K in keyof Evidence]: (opening: Promise<Slot>) => Promise<Evidence[K]> }>;
