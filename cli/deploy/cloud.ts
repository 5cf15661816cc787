// What DigitalOcean has, where Terraform's state does not know it.
import { cloudName } from "../../fleet/cloud-name.ts";
import { type DigitalOceanApi, openApi } from "../../remote/digitalocean/api.ts";
import type { Droplet } from "../../remote/digitalocean/droplets.ts";
import { type ReservedIp, reservedIps, reservedV6s } from "../../remote/digitalocean/reserved-ip.ts";
import { readSource, type StackSource } from "../../stacks/source.ts";
import type { State } from "../../stacks/terraform/state.ts";
import type { Context } from "../command.ts";
import { everythingNamed } from "./named-things.ts";
import { type Assignment, assignments, type Repair, repairOf } from "./repair-assignment.ts";
import { isTainted, type Stray, sorted } from "./strays.ts";

export interface Cloud {
  /** Undefined: no droplet of this fleet holds its address, or it has none yet. */
  readonly holder: Droplet | undefined;
  /** What Terraform was kept from writing down; empty: the state says what is true. */
  readonly repairs: readonly Repair[];
  /** What the state should know, since an apply would be refused to create it once more. */
  readonly adoptable: readonly Stray[];
  /** Made by a request that was sent again, or by a run that was cut off: billed, and in no state. */
  readonly orphans: readonly Stray[];
  /** Reserved addresses of the region that nobody holds and this state does not know; whose they are nobody can tell. */
  readonly unheld: readonly string[];
}

export async function lookAtCloud(
  fleetFile: string,
  state: State,
  { env, signal }: Pick<Context, "env" | "signal">,
): Promise<Cloud> {
  const api = openApi({ env, signal });
  const source = await readSource(fleetFile);
  const [found, v4, v6] = await Promise.all([
    everythingNamed(api, source, state),
    addresses(api, assignments[0], source, state),
    addresses(api, assignments[1], source, state),
  ]);
  const { tainted, adoptable, orphans } = sorted(found, state);
  const untaints = tainted.map((address): Repair => ({ kind: "untaint", address }));
  return {
    holder: v4.holder,
    repairs: [...untaints, ...v4.repairs, ...v6.repairs].filter(({ kind }) => kind !== "none"),
    ...{ adoptable, orphans },
    unheld: [...v4.unheld, ...v6.unheld],
  };
}

async function addresses(
  api: DigitalOceanApi,
  assignment: Assignment,
  { fleet }: StackSource,
  state: State,
): Promise<{ holder: Droplet | undefined; repairs: Repair[]; unheld: string[] }> {
  const { list, reserved, type } = assignment;
  const { host } = fleet;
  if (host.provider !== "digitalocean" || (list === "reserved_ipv6" && !host.ipv6 && state.ids(type).length === 0)) {
    return { holder: undefined, repairs: [], unheld: [] };
  }
  const known = state.ids(type);
  const ours = state.instances(reserved)[0]?.attributes.id;
  const all = await (list === "reserved_ips" ? reservedIps : reservedV6s)(api);
  const held = all.find(({ ip }) => ip === ours)?.droplet;
  // Somebody else's may have got it by hand: that one is not ours to look at, and Terraform takes the address back.
  const holder = held?.tags.includes(cloudName(fleet)) ? held : undefined;
  const inRegion = ({ region, region_slug: slug }: ReservedIp): boolean => (region?.slug ?? slug) === host.region;
  return {
    holder,
    repairs: [
      // Else it would be given back, and another one be everybody's address.
      isTainted(state, reserved) && all.some(({ ip }) => ip === ours)
        ? { kind: "untaint", address: reserved }
        : { kind: "none" },
      repairOf(state, holder && String(holder.id), assignment),
    ],
    unheld: all.filter((one) => !one.droplet && inRegion(one) && !known.includes(one.ip)).map(({ ip }) => ip),
  };
}
