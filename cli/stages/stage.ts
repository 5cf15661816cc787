// What the stages around the address share: the site, the API, how a droplet is reached and converged.
import { Problem } from "../../fleet/problem.ts";
import type { ConvergeOptions } from "../../provisioning/converge.ts";
import { type DigitalOceanApi, openApi } from "../../remote/digitalocean/api.ts";
import type { Droplet } from "../../remote/digitalocean/droplets.ts";
import { meet } from "../../remote/digitalocean/meet.ts";
import type { Host } from "../../remote/host.ts";
import { findLogin } from "../../remote/login.ts";
import type { Context } from "../command.ts";
import { dnsServersOf } from "../dns-servers.ts";
import { type Phase, phases } from "../phases.ts";
import { rollout } from "../rollout.ts";
import { leadsTo } from "../serving-droplet.ts";
import { readSite, type Site } from "../site.ts";
import { duringWork } from "../ssh-options.ts";

/** Terraform fills these in. */
export interface StageOptions {
  readonly fleet: string;
  readonly droplet: number;
  /** The reserved one. */
  readonly address: string;
}

/** A droplet that we are logged in to. */
export interface Reached {
  readonly droplet: Droplet;
  /** Its own. */
  readonly address: string;
  readonly host: Host;
  readonly options: ConvergeOptions;
}

export interface Stage {
  readonly site: Site;
  readonly api: DigitalOceanApi;
  readonly phase: Phase;
  reach(droplet: Droplet, how: { readonly waitMs: number; readonly trustsNew: boolean }): Promise<Reached>;
}

/** DigitalOcean's own name servers know a record within seconds; one that is kept by hand takes a person. */
export const DNS_WAIT_MS = 10 * 60_000;

export async function openStage({ fleet, address }: StageOptions, context: Context): Promise<Stage> {
  const { output, env, signal } = context;
  const site = await readSite(fleet, env);
  mustBeDroplet(site, fleet);
  const api = openApi({ env, signal });
  const login = await findLogin(env.BEDNET_IDENTITY, env);
  const dnsServers = dnsServersOf(env);
  context.whenStopped(duringWork);
  return {
    site,
    api,
    phase: phases(output),
    async reach(droplet, how) {
      const onProgress = output.progress;
      const leads = await leadsTo(api, site.fleet, address, droplet);
      const { ssh, host } = await meet(api, droplet, { ...how, login, reserved: [address], onProgress, signal });
      const settings = { ssh, leadsTo: leads, dnsWaitMs: DNS_WAIT_MS, onProgress, signal };
      const options = rollout(site, { ...settings, ...(dnsServers && { dnsServers }) });
      return { droplet, address: ssh.address, host, options };
    },
  };
}

export function mustBeDroplet({ fleet }: Pick<Site, "fleet">, path: string): void {
  if (fleet.host.provider === "digitalocean") return;
  throw new Problem(
    `${path}: host.provider is ${fleet.host.provider}, and the stages are for a droplet`,
    "Terraform's files are older than fleet.yaml: run `bednet deploy`, which writes them anew; nothing was changed.",
  );
}

export const noDroplet = (id: number): Problem =>
  new Problem(
    `droplet ${id} does not exist any more`,
    "Somebody deleted it meanwhile: run `bednet deploy`, which creates another.",
  );
