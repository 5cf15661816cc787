// A run's number, from which its names and addresses follow, reserved so that two runs never meet.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { Problem } from "../fleet/problem.ts";
import { withLock } from "./lock.ts";
import { type ProcessId, processId } from "./process-id.ts";

export const STATE = "/var/lib/bednet";
export const RUNS = join(STATE, "runs");
export const STATE_LOCK = join(STATE, "lock");

export interface RunRecord {
  readonly number: number;
  readonly owner: ProcessId;
  /** Stays after its owner ended, until somebody removes it. */
  readonly kept: boolean;
  readonly startedAt: string;
  readonly about: string;
}

export interface Lease {
  readonly record: RunRecord;
  readonly number: number;
  /** `bednet-3`: also the network namespace and the guest's host name. */
  readonly name: string;
  readonly folder: string;
  /** The host's end of the link; the guest's gateway. */
  readonly hostAddress: string;
  readonly guestAddress: string;
}

export const nameOf = (number: number): string => `bednet-${number}`;
export const folderOf = (number: number): string => join(RUNS, String(number));

export function leaseOf(number: number): Omit<Lease, "record"> {
  const base = `198.19.${Math.floor(number / 64)}`;
  const low = (number % 64) * 4;
  return {
    number,
    name: nameOf(number),
    folder: folderOf(number),
    hostAddress: `${base}.${low + 1}`,
    guestAddress: `${base}.${low + 2}`,
  };
}

/** 198.19.0.0/16, the half of 198.18.0.0/15 that fake-IP proxies do not take by default. */
const LEASES = 256 * 64;

export async function takeLease(about: string, signal?: AbortSignal): Promise<Lease> {
  return withLock(
    STATE_LOCK,
    async () => {
      mkdirSync(RUNS, { recursive: true, mode: 0o711 });
      const taken = new Set([...runNumbers(), ...numbersInUse()]);
      for (let number = 0; number < LEASES; number++) {
        if (taken.has(number)) continue;
        const lease = leaseOf(number);
        mkdirSync(lease.folder, { mode: 0o711 });
        const owner = processId(process.pid)!;
        const record = { number, owner, kept: false, startedAt: new Date().toISOString(), about };
        writeRecord(record);
        return { ...lease, record };
      }
      throw new Problem("no free rehearsal address is left in 198.19.0.0/16", "Remove kept rehearsals.");
    },
    { signal },
  );
}

/** Numbers that something on this machine already uses, though no run has them: an address, a namespace, an interface. */
function numbersInUse(): number[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const byAddress = addresses.flatMap(({ address }) => {
    const [a, b, c, d] = address.split(".").map(Number);
    return a === 198 && b === 19 ? [c! * 64 + Math.floor(d! / 4)] : [];
  });
  const names = [...namesIn("/run/netns"), ...namesIn("/sys/class/net")];
  return [...byAddress, ...names.flatMap((name) => /^bednet-?(\d+)$/.exec(name)?.[1] ?? []).map(Number)];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

export function runNumbers(): number[] {
  return namesIn(RUNS)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

export const recordText = (record: RunRecord): string => JSON.stringify(record);

export function writeRecord(record: RunRecord): void {
  const file = join(folderOf(record.number), "run.json");
  writeFileSync(`${file}.new`, recordText(record), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** undefined: the run was killed before it wrote its record, or is gone. */
export function readRecord(number: number): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(folderOf(number), "run.json"), "utf8")) as RunRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
