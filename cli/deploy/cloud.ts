// What DigitalOcean has, where Terraform's state does not know it.
import type { Fleet } from "../../fleet/schema.ts";
import { openApi } from "../../remote/digitalocean/api.ts";
import { type Droplet, dropletsTagged } from "../../remote/digitalocean/droplets.ts";
import { holderOf } from "../../remote/digitalocean/reserved-ip.ts";
import type { State } from "../../stacks/terraform/state.ts";
import type { Context } from "../command.ts";
import { cloudName } from "../serving-droplet.ts";
import { ADDRESS, type Repair, repairOf } from "./repair-assignment.ts";

export interface Cloud {
  /** Undefined: no droplet of this fleet holds its address, or it has none yet. */
  readonly holder: Droplet | undefined;
  readonly repair: Repair;
  /** Made by a request that was sent again, or by a run that was cut off: billed, and in no state. */
  readonly orphans: readonly Droplet[];
}

export async function lookAtCloud(
  fleet: Fleet,
  state: State,
  { env, signal }: Pick<Context, "env" | "signal">,
): Promise<Cloud> {
  const api = openApi({ env, signal });
  const address = state.instances(ADDRESS)[0]?.attributes.ip_address;
  const held = address === undefined ? undefined : await holderOf(api, String(address));
  const known = state.ids("digitalocean_droplet");
  const tagged = await dropletsTagged(api, cloudName(fleet));
  // Somebody else's may have got it by hand: that one is not ours to look at, and Terraform takes the address back.
  const holder = tagged.find(({ id }) => id === held?.id);
  return {
    holder,
    repair: repairOf(state, holder === undefined ? undefined : String(holder.id)),
    orphans: tagged.filter(({ id }) => !known.includes(String(id))),
  };
}

/** Only what `--sweep` asked for. */
export async function removeDroplets(
  droplets: readonly Droplet[],
  { env, signal, output }: Pick<Context, "env" | "signal" | "output">,
): Promise<void> {
  const api = openApi({ env, signal });
  for (const { id, name } of droplets) {
    await api.delete(`/v2/droplets/${id}`);
    output.note(`Removed droplet ${id} (${name}), which was in no state.`);
  }
}

export const orphansText = (orphans: readonly Droplet[]): string =>
  [
    `${orphans.length === 1 ? "One droplet is" : `${orphans.length} droplets are`} billed and in no state of Terraform's:`,
    ...orphans.map(({ id, name, created_at: created }) => `  droplet ${id} (${name}), created ${created}`),
    "Look at what they hold, then run `bednet deploy --sweep` to remove them.",
  ].join("\n");
