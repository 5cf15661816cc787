// The droplet of a fleet that holds the reserved address: where converge, plan --host and rollback work.
import { cloudName } from "../fleet/cloud-name.ts";
import { Problem } from "../fleet/problem.ts";
import type { Fleet } from "../fleet/schema.ts";
import { type DigitalOceanApi, openApi } from "../remote/digitalocean/api.ts";
import { type Droplet, dropletById, dropletsTagged, publicV6 } from "../remote/digitalocean/droplets.ts";
import { meet, sshTo } from "../remote/digitalocean/meet.ts";
import { reservedIps, reservedV6Of } from "../remote/digitalocean/reserved-ip.ts";
import { findLogin } from "../remote/login.ts";
import type { SshTarget } from "../remote/ssh.ts";
import type { Context } from "./command.ts";
import type { LeadsTo } from "./rollout.ts";
import type { SshOptions } from "./ssh-options.ts";

/** Where the domain must lead for this droplet; its IPv6 addresses may be in the records too. */
export async function leadsTo(
  api: DigitalOceanApi,
  { host }: Pick<Fleet, "host">,
  address: string,
  droplet: Droplet,
): Promise<LeadsTo> {
  const reserved = host.provider === "digitalocean" && host.ipv6 ? await reservedV6Of(api, droplet.id) : [];
  return { address, also: [...publicV6(droplet), ...reserved] };
}

export async function servingDroplet(
  fleet: Fleet,
  { identity, hostKey }: SshOptions,
  { env, signal }: Pick<Context, "env" | "signal">,
): Promise<{ target: SshTarget; leadsTo: LeadsTo }> {
  if (hostKey !== undefined) {
    throw new Problem(
      "--host-key pins the key of an existing host; the key of a droplet is pinned by a tag",
      "Leave it out: without a pin the command says which tag to make. Nothing was sent.",
    );
  }
  const api = openApi({ env, signal });
  const tag = cloudName(fleet);
  const ours = (await dropletsTagged(api, tag)).map(({ id }) => id);
  const held = (await reservedIps(api)).find(({ droplet }) => droplet !== null && ours.includes(droplet.id));
  if (held === undefined) {
    throw new Problem(
      `no droplet with the tag ${tag} holds a reserved address, so ${fleet.broker.domain} leads to none of them`,
      "Run `bednet deploy`: it creates the droplet, or gives it its address back; nothing was changed.",
    );
  }
  const droplet = (await dropletById(api, held.droplet!.id)) ?? held.droplet!;
  const login = await findLogin(identity ?? env.BEDNET_IDENTITY, env);
  const met = { login, reserved: [held.ip] };
  const target = await sshTo(api, droplet, met);
  // Says which key it shows, and stops: only the apply that created it may trust that.
  if (target.pin === undefined) await meet(api, droplet, { ...met, signal, waitMs: 0, trustsNew: false });
  return { target, leadsTo: await leadsTo(api, fleet, held.ip, droplet) };
}
