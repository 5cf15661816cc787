// The shell that runs on a host, one subject to a file, put together for a trip.
import { readFileSync } from "node:fs";
import { Script } from "../remote/sh.ts";

const read = (name: string): string => readFileSync(new URL(`host/${name}.sh`, import.meta.url), "utf8");
const together = (...names: readonly string[]): Script => new Script(names.map(read).join("\n"));

/** Looks, and changes nothing. */
export const lookScript = together("neighbours", "look");
/** Everything that steps may call, after its frame. */
export const runScript = together(
  "run",
  "packages",
  "firewall",
  "certificate",
  "broker",
  "generation",
  "candidate",
  "proof",
  "room",
);
/** Takes a run in. */
export const receiveScript = together("receive");
/** Gives what a successor takes over. */
export const handOverScript = together("hand-over");
/** Takes it over. */
export const takeOverScript = together("take-over");
