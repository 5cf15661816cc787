// A throw-away Debian host on this machine: real systemd, sshd, apt and packet filter, gone without a trace.
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { harvestPackages, seedApt } from "./apt-cache.ts";
import { ensureBase } from "./base.ts";
import { type CommandOptions, type Ended, run, runAny } from "./command.ts";
import type { Daemon } from "./daemon.ts";
import { type Release, releaseNames } from "./debian.ts";
import { enter } from "./enter.ts";
import { furnish } from "./guest-files.ts";
import { type HostKey, makeKeys } from "./guest-keys.ts";
import { type Lease, type RunRecord, STATE, takeLease, writeRecord } from "./lease.ts";
import { forget, remember } from "./live-runs.ts";
import { makeNetwork } from "./network.ts";
import { leaderOf, startNspawn } from "./nspawn.ts";
import { layRoot } from "./overlay.ts";
import { processId } from "./process-id.ts";
import { sweep } from "./runs.ts";
import { wantSpace } from "./space.ts";
import { tearDown } from "./teardown.ts";
import { waitForSsh } from "./wait-for-ssh.ts";

export interface GuestOptions {
  readonly release: Release;
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly sshPort?: number;
  /** Changes the root before it boots. */
  readonly prepare?: (root: string) => Promise<void>;
}

export interface Guest {
  /** `bednet-3`: host name, network namespace, and what `removeKept` takes. */
  readonly name: string;
  readonly release: Release;
  readonly address: string;
  readonly gateway: string;
  readonly sshPort: number;
  readonly hostKey: HostKey;
  /** OpenSSH format, 0600, for root. */
  readonly privateKeyFile: string;
  /** The run's own folder, removed with it. */
  readonly folder: string;
  /** The guest's file system, seen from here. */
  readonly root: string;
  /** Its systemd, seen from here. */
  readonly pid: number;
  /** Runs inside, without SSH: for tests. */
  exec(argv: readonly [string, ...string[]], options?: CommandOptions): Promise<Ended>;
  /** What a machine forgets is forgotten, its packet filter too. */
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
  reboot(): Promise<void>;
  /** Stays up after this process ends, until `removeKept(name)`. */
  keep(): void;
  /** Resolves with what could not be removed, in words. May be called twice. */
  stop(): Promise<string[]>;
}

/** Half of it are apt's lists, where they cannot be linked from the cache; the rest is what a rollout installs. */
const spaceMegabytes = 400;

export async function bootGuest(options: GuestOptions): Promise<Guest> {
  const { release, onProgress, signal } = options;
  await sweep(onProgress);
  await wantSpace(STATE, spaceMegabytes, "a throw-away host", "Make room there.");
  const base = await ensureBase(release, { onProgress, signal });
  const lease = await takeLease(`${releaseNames[release]} guest`, signal);
  remember(lease);
  try {
    return await boot(base, lease, options);
  } catch (error) {
    const left = await tearDown(lease);
    forget(lease);
    for (const line of left) onProgress?.(line);
    throw error;
  }
}

async function boot(base: string, lease: Lease, options: GuestOptions): Promise<Guest> {
  const { release, onProgress, signal, sshPort = 22 } = options;
  onProgress?.(`booting a ${releaseNames[release]} guest at ${lease.guestAddress}`);
  // One after the other: if one of two failed, its teardown would race the other.
  const keys = await makeKeys(lease.folder, signal);
  await makeNetwork(lease, signal);
  await seedApt(release, base, join(lease.folder, "upper"), { onProgress, signal });
  const root = await layRoot(base, lease.folder, signal);
  await furnish(root, { lease, sshPort, keys });
  await options.prepare?.(root);
  signal?.throwIfAborted();
  let { nspawn, pid } = await switchOn(lease, root, options);
  let stopped: Promise<string[]> | undefined;
  let kept: RunRecord | undefined;
  const stop = async (): Promise<string[]> => {
    await harvestPackages(release, join(lease.folder, "upper")).catch(() => {}); // only a cache: the next guest downloads
    const left = await tearDown(kept ? { ...lease, record: kept } : lease);
    forget(lease);
    return left;
  };
  const powerOff = async (): Promise<void> => {
    await runAny([...enter(pid), "systemctl", "poweroff"]);
    await Promise.race([nspawn.gone, sleep(poweroffMs)]);
    if (!nspawn.ended) throw new Error(`${lease.name} did not power off within ${poweroffMs / 1000} s`);
    // A namespace outlives its guest, and would hand the packet filter over to the next boot.
    await run(["ip", "netns", "exec", lease.name, "nft", "flush", "ruleset"]);
  };
  const powerOn = async (): Promise<void> => {
    ({ nspawn, pid } = await switchOn(lease, root, options));
  };
  return {
    name: lease.name,
    release,
    address: lease.guestAddress,
    gateway: lease.hostAddress,
    sshPort,
    hostKey: keys.host,
    privateKeyFile: keys.clientFile,
    folder: lease.folder,
    root,
    get pid() {
      return pid;
    },
    powerOff,
    powerOn,
    reboot: async () => {
      await powerOff();
      await powerOn();
    },
    exec: (argv, execOptions) => runAny([...enter(pid), ...argv], execOptions),
    keep: () => {
      kept = { ...lease.record, kept: true };
      writeRecord(kept);
      forget(lease);
    },
    stop: () => (stopped ??= stop()),
  };
}

async function switchOn(lease: Lease, root: string, options: GuestOptions): Promise<{ nspawn: Daemon; pid: number }> {
  const { signal, onProgress, sshPort = 22 } = options;
  const nspawn = await startNspawn(lease, root);
  await waitForSsh(lease.guestAddress, sshPort, { signal, onProgress, gone: nspawn.gone, console: nspawn.log });
  const pid = await leaderOf(nspawn.pid);
  await appendFile(join(lease.folder, "processes"), `${pid} ${processId(pid)?.startTime}\n`);
  return { nspawn, pid };
}

const poweroffMs = 30_000;
