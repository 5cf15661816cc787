// All that the stand-in remembers: one account of DigitalOcean, and the time it is there.
import { setImmediate } from "node:timers/promises";
import { type Account, newAccount } from "./account.ts";
import type { Action } from "./actions.ts";
import { type Catalog, catalog } from "./catalog.ts";
import { addDomain, type Domain, type RecordChange } from "./domains.ts";
import type { Droplet } from "./droplets.ts";
import type { Firewall } from "./firewalls.ts";
import type { HostMaker } from "./hosts.ts";
import { addKey, type Key } from "./keys.ts";
import type { Policy } from "./monitoring.ts";
import { defaultProject, type Project } from "./projects.ts";
import type { Reserved } from "./reserved.ts";
import type { Check } from "./uptime.ts";

export interface CloudOptions {
  readonly hosts: HostMaker;
  /** A name got other addresses; none: it has no such record any more. */
  readonly onRecord?: (change: RecordChange) => Promise<void> | void;
  readonly account?: Partial<Account>;
  readonly catalog?: Catalog;
  /** How long an event lasts beyond the work itself. */
  readonly settleMs?: number;
  /** Where in a droplet's list of public addresses its reserved one stands. */
  readonly reservedAddress?: "first" | "last";
  readonly clockMs?: () => number;
}

export interface Cloud extends Required<Omit<CloudOptions, "account" | "onRecord">> {
  readonly account: Account;
  /** The moment at which the present request came. */
  nowMs: number;
  readonly keys: Key[];
  readonly tags: string[];
  readonly droplets: Droplet[];
  readonly actions: Action[];
  readonly reserved: Reserved[];
  readonly domains: Domain[];
  readonly firewalls: Firewall[];
  readonly projects: Project[];
  readonly policies: Policy[];
  readonly checks: Check[];
  /** What was asked for and is not imitated: a test that meets one must not pass. */
  readonly gaps: string[];
  /** What went wrong behind an answer that was already given. */
  readonly failures: string[];
  nextId(): number;
  nextUuid(): string;
  gap(what: string): void;
  inTheBackground(what: string, work: Promise<void>): void;
  tellRecord(change: RecordChange): void;
  /** Resolves when nothing happens in the background any more. */
  quiet(): Promise<void>;
}

/** The numbers begin anew in every stand-in, so that the same requests get the same answers. */
const firstId = 400_000_001;

export function makeCloud(options: CloudOptions): Cloud {
  const clockMs = options.clockMs ?? Date.now;
  let ids = firstId;
  let uuids = 0;
  let lastTold: Promise<void> = Promise.resolve();
  const working = new Set<Promise<void>>();
  const cloud: Cloud = {
    hosts: options.hosts,
    catalog: options.catalog ?? catalog,
    settleMs: options.settleMs ?? 1_000,
    reservedAddress: options.reservedAddress ?? "first",
    clockMs,
    account: { ...newAccount, ...options.account },
    nowMs: clockMs(),
    ...{ keys: [], tags: [], droplets: [], actions: [], reserved: [], domains: [], firewalls: [], projects: [] },
    ...{ policies: [], checks: [], gaps: [], failures: [] },
    nextId: () => ids++,
    nextUuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, "0")}`,
    gap: (what) => void cloud.gaps.push(what),
    inTheBackground: (what, work) => {
      const watched: Promise<void> = work
        .catch((error: unknown) => void cloud.failures.push(`${what}: ${(error as Error).message}`))
        .finally(() => working.delete(watched));
      working.add(watched);
    },
    tellRecord: (change) => {
      const told = lastTold.then(() => options.onRecord?.(change));
      lastTold = told.catch(() => {});
      cloud.inTheBackground(`record of ${change.name}`, told);
    },
    quiet: async () => {
      while (working.size > 0) await Promise.all([...working, setImmediate()]);
    },
  };
  cloud.projects.push(defaultProject(cloud));
  for (const [name, line] of Object.entries(cloud.account.keys)) addKey(cloud, name, line);
  for (const [name, records] of Object.entries(cloud.account.zones)) addDomain(cloud, name, records);
  return cloud;
}
