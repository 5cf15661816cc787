// Before anything is created or changed: can everything that fleet.yaml names be had, and does whoever deploys get in?
import { cloudName } from "../../fleet/cloud-name.ts";
import { planFleet } from "../../fleet/plan.ts";
import { ApiRefusal, type DigitalOceanApi, openApi } from "../../remote/digitalocean/api.ts";
import {
  account,
  accountKeys,
  firewalls,
  hasZone,
  imageBySlug,
  regions,
  sizes,
} from "../../remote/digitalocean/catalog.ts";
import { dropletsTagged } from "../../remote/digitalocean/droplets.ts";
import { ownAddressSeenBy } from "../../remote/digitalocean/own-address.ts";
import { findLogin } from "../../remote/login.ts";
import { readSource, type StackSource } from "../../stacks/source.ts";
import type { Context, FleetOption } from "../command.ts";
import { phases } from "../phases.ts";
import { networkTroubles } from "../preflight/admin-network.ts";
import { machineTroubles } from "../preflight/machine.ts";
import { keyTroubles } from "../preflight/ssh-keys.ts";
import { lockTroubles } from "../preflight/state-lock.ts";
import { refuseAll, type Trouble } from "../preflight/trouble.ts";
import { readSite } from "../site.ts";
import { mustBeDroplet } from "./stage.ts";

/** Who is offline should hear it soon. */
const PAUSE_MS = 100;

export async function preflight({ fleet: path }: FleetOption, { env, signal, output }: Context): Promise<void> {
  const phase = phases(output);
  // What the later stages need, now and not after a droplet is paid for.
  mustBeDroplet(await readSite(path, env), path);
  await findLogin(env.BEDNET_IDENTITY, env);
  const source = await readSource(path);
  const api = openApi({ env, signal, pauseMs: PAUSE_MS });
  try {
    const { status, status_message: why } = await account(api); // alone: every other question would be refused like it
    const isLocked: Trouble[] =
      status === "locked"
        ? [{ what: `DigitalOcean has locked the account: ${why}`, wayOut: "settle that with DigitalOcean" }]
        : [];
    refuseAll([...isLocked, ...(await troubles(api, source, env, signal))]);
    phase("preflight: everything that fleet.yaml names can be had");
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== 0) throw error;
    output.note(`Preflight was skipped: ${error.message}`);
  }
}

async function troubles(
  api: DigitalOceanApi,
  { fleet, sshKeys }: StackSource,
  env: Context["env"],
  signal: AbortSignal,
): Promise<Trouble[]> {
  const { host, dns } = fleet;
  if (host.provider !== "digitalocean") return [];
  const ours = cloudName(fleet);
  const machine = { region: host.region, size: planFleet(fleet).size.slug, image: host.image };
  const all = await Promise.all([
    Promise.all([regions(api), sizes(api), imageBySlug(api, host.image), dropletsTagged(api, ours)]).then(
      ([regions, sizes, image, droplets]) => machineTroubles(machine, { regions, sizes, image, droplets }),
    ),
    accountKeys(api).then((keys) => keyTroubles(sshKeys, keys, ours)),
    dns === "manual" ? [] : hasZone(api, dns.zone).then((has) => (has ? [] : [noZone(dns.zone)])),
    Promise.all([ownAddressSeenBy(api.url, signal), firewalls(api)]).then(([address, walls]) =>
      networkTroubles(address, host.adminCidrs, walls, ours),
    ),
    lockTroubles(fleet, env, signal),
  ]);
  return all.flat();
}

const noZone = (zone: string): Trouble => ({
  what: `dns.zone: the account has no domain ${zone}`,
  wayOut: `add it (doctl compute domain create ${zone}), and let its registrar name ns1, ns2 and ns3.digitalocean.com; or write dns: manual`,
});
