// An assignment that took effect and that Terraform did not record: every further apply would be answered with 422.
import type { State } from "../../stacks/terraform/state.ts";
import type { Terraform } from "../../stacks/terraform/terraform.ts";

export const ASSIGNMENT = "digitalocean_reserved_ip_assignment.assignment";
export const DROPLET = "digitalocean_droplet.droplet";
export const ADDRESS = "digitalocean_reserved_ip.address";

/** What makes the state say what is true. */
export type Repair =
  | { readonly kind: "none" }
  | { readonly kind: "untaint" }
  | { readonly kind: "import"; readonly id: string; readonly forgetsFirst: boolean };

/** `holder`: id of the droplet that holds the address, by the API; undefined: nobody does, which an apply mends itself. */
export function repairOf(state: State, holder: string | undefined): Repair {
  const address = current(state, ADDRESS)?.attributes.ip_address;
  const droplet = current(state, DROPLET)?.attributes.id;
  if (holder === undefined || address === undefined || String(droplet) !== holder) return { kind: "none" };
  const recorded = current(state, ASSIGNMENT);
  if (recorded && String(recorded.attributes.droplet_id) === holder) {
    return recorded.isTainted ? { kind: "untaint" } : { kind: "none" };
  }
  return { kind: "import", id: `${address},${holder}`, forgetsFirst: recorded !== undefined };
}

export async function repairAssignment(terraform: Terraform, repair: Repair): Promise<void> {
  if (repair.kind === "untaint") await terraform.untaint(ASSIGNMENT);
  if (repair.kind !== "import") return;
  if (repair.forgetsFirst) await terraform.forget(ASSIGNMENT);
  await terraform.import(ASSIGNMENT, repair.id);
}

const current = (state: State, address: string) => state.instances(address).find(({ isDeposed }) => !isDeposed);
