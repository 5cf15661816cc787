// The folder of a broker as a process. Who made it is written in it, so that the next run clears up after kill -9.
import { readFileSync, writeFileSync } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { isAlive, type ProcessId, processId } from "./process-id.ts";

const prefix = "bednet-broker-";
const unsignedMs = 60_000;

interface Owners {
  readonly owner: ProcessId;
  readonly broker?: ProcessId;
}

export interface BrokerFolder {
  readonly path: string;
  /** The broker's own, in which it may do what it likes. */
  readonly scratch: string;
  /** So that a sweep ends it too. */
  signBroker(pid: number): void;
}

export async function makeBrokerFolder(): Promise<BrokerFolder> {
  await sweepBrokers();
  const path = await mkdtemp(join(tmpdir(), prefix));
  const owner = processId(process.pid)!;
  const sign = (owners: Owners): void => writeFileSync(ownersFile(path), JSON.stringify(owners), { mode: 0o600 });
  sign({ owner });
  await chmod(path, 0o711); // the broker's user has to get through
  const scratch = join(path, "host");
  await mkdir(scratch, { mode: 0o700 });
  return {
    path,
    scratch,
    signBroker: (pid) => {
      const broker = processId(pid);
      if (broker) sign({ owner, broker });
    },
  };
}

/** What killed runs left: ends their brokers and removes their folders. Others' are left alone, and so are those in use. */
export async function sweepBrokers(): Promise<void> {
  const { uid } = userInfo();
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const path = join(tmpdir(), name);
    const found = await lstat(path).catch(() => undefined);
    if (!found?.isDirectory() || found.uid !== uid) continue;
    const owners = readOwners(path);
    // Not signed: killed at its first step, or at that step now.
    if (owners ? isAlive(owners.owner) : Date.now() - found.mtimeMs < unsignedMs) continue;
    if (owners?.broker && isAlive(owners.broker)) process.kill(owners.broker.pid, "SIGKILL");
    await rm(path, { recursive: true, force: true }).catch(() => {}); // another run may be sweeping it too
  }
}

const ownersFile = (path: string): string => join(path, "owners.json");

function readOwners(path: string): Owners | undefined {
  try {
    return JSON.parse(readFileSync(ownersFile(path), "utf8")) as Owners;
  } catch {
    return undefined;
  }
}
