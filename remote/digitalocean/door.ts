// SSH for one address and a short while: a cloud firewall of its own, beside the managed one, which stays as it is.

import { setTimeout as sleep } from "node:timers/promises";
import { cloudName } from "../../fleet/cloud-name.ts";
import { Problem } from "../../fleet/problem.ts";
import { ApiRefusal, type DigitalOceanApi, orNone } from "./api.ts";

export interface Door {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
}

interface Firewall extends Door {
  readonly status: "waiting" | "succeeded" | "failed";
  readonly tags: readonly string[] | null;
}

/** Whose door: nobody closes another run's by accident. */
export interface Doorway {
  readonly fleet: string;
  readonly run: string;
}

const IN_FORCE_WITHIN_MS = 60_000;
const TRIES = 5;

export async function openDoor(
  api: DigitalOceanApi,
  { fleet, run }: Doorway,
  address: string,
  signal: AbortSignal,
  pauseMs = 1_000,
): Promise<Door> {
  const tag = tagOf(fleet);
  await closeDoor(api, { fleet, run }, pauseMs);
  // Before the first deploy nobody has made it; asking for one that is there changes nothing.
  if ((await api.get(`/v2/tags/${tag}`).catch(orNone)) === undefined) await api.post("/v2/tags", { name: tag });
  const body = {
    name: nameOf(fleet, run),
    tags: [tag],
    inbound_rules: [{ protocol: "tcp", ports: "22", sources: { addresses: [address] } }],
  };
  const { firewall } = await api.post<{ firewall: Firewall }>("/v2/firewalls", body);
  for (const started = Date.now(); Date.now() - started < IN_FORCE_WITHIN_MS; ) {
    const seen = await api.get<{ firewall: Firewall }>(`/v2/firewalls/${firewall.id}`);
    if (seen.firewall.status !== "waiting") break;
    await sleep(pauseMs, undefined, { signal });
  }
  return firewall;
}

/** True: there was one. Found by name, so that one is closed whose opening was never answered. */
export async function closeDoor(api: DigitalOceanApi, { fleet, run }: Doorway, pauseMs = 1_000): Promise<boolean> {
  const name = nameOf(fleet, run);
  return (await remove(api, fleet, (door) => door.name === name, pauseMs)).length > 0;
}

/** Closes what runs have left open that were cut off: every door of the fleet that is older. */
export function sweepDoors(api: DigitalOceanApi, fleet: string, olderThanMs: number, pauseMs = 1_000): Promise<Door[]> {
  const isLeft = ({ created_at }: Door): boolean => Date.now() - Date.parse(created_at) >= olderThanMs;
  return remove(api, fleet, isLeft, pauseMs);
}

/** A refusal is not the end: an open door is worse than a second question. */
async function remove(
  api: DigitalOceanApi,
  fleet: string,
  isMeant: (door: Door) => boolean,
  pauseMs: number,
): Promise<Door[]> {
  const removed = new Map<string, Door>();
  for (let tries = 1; ; tries++) {
    const meant = (await doorsOf(api, fleet)).filter(isMeant);
    if (meant.length === 0) return [...removed.values()];
    for (const door of meant) {
      removed.set(door.id, door);
      await api.delete(`/v2/firewalls/${door.id}`).catch((error: unknown) => {
        if (error instanceof ApiRefusal && error.status === 404) return;
        if (!(error instanceof ApiRefusal) || tries === TRIES) throw stillOpen(door, error);
      });
    }
    await sleep(pauseMs * tries);
  }
}

/** A fleet may be called like another one's door, so the name alone would not do. */
async function doorsOf(api: DigitalOceanApi, fleet: string): Promise<Firewall[]> {
  const all = await api.all<Firewall>("/v2/firewalls", "firewalls");
  return all.filter(
    ({ name, tags }) => name.startsWith(nameOf(fleet, "")) && tags?.length === 1 && tags[0] === tagOf(fleet),
  );
}

const tagOf = (fleet: string): string => cloudName({ name: fleet });
const nameOf = (fleet: string, run: string): string => `${tagOf(fleet)}-door-${run.replace(/[^A-Za-z0-9-]/g, "-")}`;

function stillOpen(door: Door, cause: unknown): unknown {
  if (!(cause instanceof Problem)) return cause;
  return new Problem(
    `${door.name} could not be removed: ${cause.message}`,
    "SSH is still open for one address: delete this firewall at https://cloud.digitalocean.com/networking/firewalls, or run `bednet door close` again.",
    { cause, exitCode: cause.exitCode },
  );
}
