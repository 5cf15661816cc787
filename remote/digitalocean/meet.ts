// An SSH connection to a droplet, whose key must be the pinned one. Who may trust a first contact: docs/decisions/0008.
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../../fleet/problem.ts";
import type { Host } from "../host.ts";
import type { Fingerprint } from "../host-key.ts";
import type { Login } from "../login.ts";
import { connect, type SshTarget, UnknownHostKey } from "../ssh.ts";
import type { DigitalOceanApi } from "./api.ts";
import { type Droplet, ownAddress } from "./droplets.ts";
import { pinOf, pinTag, writePin } from "./pins.ts";

export interface MeetOptions {
  readonly login: Login;
  /** Addresses that may lead elsewhere by the time we connect. */
  readonly reserved: readonly string[];
  readonly onProgress?: (text: string) => void;
  readonly signal: AbortSignal;
  /** How long it may be unreachable: it may be booting. */
  readonly waitMs: number;
  /** Pin the key that a droplet shows that was created just now and that nobody has met. */
  readonly trustsNew: boolean;
}

export interface Met {
  readonly host: Host;
  readonly ssh: SshTarget;
}

/** Longer than any boot and any queue at the API; the apply that creates a droplet connects within a minute or two. */
const NEW_MS = 30 * 60_000;
const PAUSE_MS = 2_000;

export async function meet(api: DigitalOceanApi, droplet: Droplet, options: MeetOptions): Promise<Met> {
  const ssh = await sshTo(api, droplet, options);
  if (ssh.pin !== undefined) return { ssh, host: await patiently(ssh, options) };
  const pin = await keyOf(ssh, options);
  const isNew = Date.now() - Date.parse(droplet.created_at) < NEW_MS;
  if (!options.trustsNew || !isNew) throw stranger(droplet, ssh.address, pin);
  await writePin(api, droplet.id, pin);
  options.onProgress?.(`pinned the host key of droplet ${droplet.id}: ${pin}`);
  const pinned = { ...ssh, pin };
  return { ssh: pinned, host: await patiently(pinned, options) };
}

const stranger = ({ id }: Droplet, address: string, seen: Fingerprint): Problem =>
  new Problem(
    `droplet ${id} at ${address} has no pinned host key; it shows ${seen}`,
    "Only the apply that creates a droplet trusts what it shows, within 30 minutes. Compare it with what the droplet's console prints for " +
      `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; if it is the same, pin it with doctl compute tag create ${pinTag(id, seen)} and run the command again. Nothing was sent.`,
  );

/** By its own address, whoever holds the reserved one. */
export async function sshTo(
  api: DigitalOceanApi,
  droplet: Droplet,
  { login, reserved }: Pick<MeetOptions, "login" | "reserved">,
): Promise<SshTarget> {
  const address = ownAddress(droplet, reserved);
  if (address === undefined) {
    throw new Problem(
      `droplet ${droplet.id} (${droplet.name}) has no public address yet; it is ${droplet.status}`,
      "Wait until it has booted, then run the command again.",
      { exitCode: 2 },
    );
  }
  const pin = await pinOf(api, droplet.id);
  return {
    ...{ address, port: 22, user: "root", pin: pin?.fingerprint, ...login },
    ...(pin && {
      ifRebuilt: `delete the tag that pins it (doctl compute tag delete ${pin.tag}) and run the command again: it says how to pin the new one`,
    }),
  };
}

async function keyOf(ssh: SshTarget, options: MeetOptions): Promise<Fingerprint> {
  try {
    await (await patiently(ssh, options)).close();
  } catch (error) {
    if (error instanceof UnknownHostKey) return error.seen;
    throw error;
  }
  throw new Error("connected to a host whose key nobody knows");
}

const unreached =
  "Check that host.adminCidrs holds your address, or open SSH for it with `bednet door open`; then look at the droplet's console. Run the command again: it does what is left.";

/** A host that does not answer yet is asked again; one that answers and is not what we expect never is. */
async function patiently(ssh: SshTarget, { waitMs, signal, onProgress }: MeetOptions): Promise<Host> {
  const started = Date.now();
  for (let told = false; ; told = true) {
    try {
      return await connect(ssh, signal);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.exitCode === 1) throw error;
      if (Date.now() - started >= waitMs) throw new Problem(error.message, unreached, { cause: error, exitCode: 2 });
      if (!told) onProgress?.(`waiting for SSH on ${ssh.address}: ${error.message.split("\n")[0]}`);
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}
