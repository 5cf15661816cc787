// What a rehearsal takes from fleet.yaml's folder: a fleet, and a key; made for the occasion where there is none.
import { FleetKey } from "../fleet/credentials.ts";
import { readKey } from "../fleet/key-file.ts";
import { readFleet } from "../fleet/load.ts";
import type { Lock } from "../fleet/lock.ts";
import { readLock } from "../fleet/lock-file.ts";
import type { Fleet } from "../fleet/schema.ts";

export interface ToRehearse {
  readonly fleet: Fleet;
  readonly key: FleetKey;
  /** The committed one, if the key made it. */
  readonly lock: Lock | undefined;
}

/** Changes nothing: no key and no lock is written. */
export async function readRehearsed(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ToRehearse> {
  const { fleet, folder } = await readFleet(path);
  const key = (await readKey(folder, env)) ?? FleetKey.generate();
  const lock = await readLock(folder);
  return { fleet, key, lock: lock?.keyId === key.id ? lock : undefined };
}
