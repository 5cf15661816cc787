// Every rehearsal on this machine: what is up, what was kept, and what a killed run left behind.
import { Problem } from "../fleet/problem.ts";
import { nameOf, type RunRecord, readRecord, runNumbers, STATE_LOCK } from "./lease.ts";
import { withLock } from "./lock.ts";
import { removeStalePolicy } from "./no-services.ts";
import { bootId, isAlive } from "./process-id.ts";
import { type Doomed, tearDown } from "./teardown.ts";

export type RunState =
  /** Its process is alive. */
  | "running"
  /** Stays until it is removed. */
  | "kept"
  /** Nobody will end it any more: killed, or from before a reboot. */
  | "dead";

export interface Run extends Doomed {
  /** `bednet-3` */
  readonly name: string;
  readonly state: RunState;
}

export function listRuns(): Run[] {
  return runNumbers().map((number) => {
    const record = readRecord(number);
    return { number, name: nameOf(number), record, state: stateOf(record) };
  });
}

function stateOf(record: RunRecord | undefined): RunState {
  if (record === undefined || record.owner.bootId !== bootId()) return "dead";
  if (record.kept) return "kept";
  return isAlive(record.owner) ? "running" : "dead";
}

/** Removes what killed runs left; resolves with what could not be removed, in words. */
export async function sweep(onProgress?: (text: string) => void): Promise<string[]> {
  removeStalePolicy();
  if (runNumbers().length === 0) return [];
  // Under the lock no run is between taking its number and writing its record.
  const dead = await withLock(STATE_LOCK, async () => listRuns().filter(({ state }) => state === "dead"));
  const left: string[] = [];
  for (const run of dead) {
    onProgress?.(`removing ${run.name}, left by a run that was killed`);
    left.push(...(await tearDown(run)));
  }
  for (const line of left) onProgress?.(line);
  return left;
}

/** One that is dead too: an earlier try may have stopped half-way. Rejects unless it is gone. */
export async function removeKept(name: string): Promise<void> {
  if (process.platform === "linux" && process.getuid?.() !== 0) {
    throw new Problem("removing a rehearsal host needs root", "Run the command with sudo; nothing was removed.");
  }
  const runs = listRuns();
  const run = runs.find((other) => other.name === name);
  if (run?.state === "running") {
    throw new Problem(
      `${name} belongs to a rehearsal that is still running`,
      "End that one with Ctrl-C; it removes its host.",
    );
  }
  if (run === undefined) {
    const kept = runs.filter(({ state }) => state === "kept").map((other) => other.name);
    throw new Problem(
      `there is no kept rehearsal host ${name}`,
      kept.length > 0 ? `Kept are: ${kept.join(", ")}.` : "None is kept on this machine.",
    );
  }
  const left = await tearDown(run);
  if (left.length > 0) {
    throw new Problem(
      [`${name} could not be removed whole:`, ...left.map((line) => `  ${line}`)].join("\n"),
      "Clear what these lines name, and run the command again; everything else of it is gone.",
    );
  }
}
