// An assignment that took effect and that Terraform did not record: every further apply would be answered with 422.
import type { State } from "../../stacks/terraform/state.ts";
import type { Terraform } from "../../stacks/terraform/terraform.ts";

export const DROPLET = "digitalocean_droplet.droplet";

/** An address, and the resource that says which droplet holds it. */
export interface Assignment {
  readonly address: string;
  readonly reserved: string;
  readonly type: string;
  /** Of the API. */
  readonly list: "reserved_ips" | "reserved_ipv6";
}

const v4: Assignment = {
  address: "digitalocean_reserved_ip_assignment.assignment",
  reserved: "digitalocean_reserved_ip.address",
  type: "digitalocean_reserved_ip",
  list: "reserved_ips",
};
const v6: Assignment = {
  address: "digitalocean_reserved_ipv6_assignment.assignment6",
  reserved: "digitalocean_reserved_ipv6.address6",
  type: "digitalocean_reserved_ipv6",
  list: "reserved_ipv6",
};
export const assignments = [v4, v6] as const;

/** What makes the state say what is true. */
export type Repair =
  | { readonly kind: "none" }
  | { readonly kind: "untaint"; readonly address: string }
  | { readonly kind: "forget"; readonly address: string }
  | { readonly kind: "import"; readonly address: string; readonly id: string; readonly forgetsFirst: boolean };

/** `holder`: id of the droplet that holds the address, by the API; undefined: nobody does. */
export function repairOf(state: State, holder: string | undefined, { address, reserved }: Assignment = v4): Repair {
  const ip = current(state, reserved)?.attributes.id;
  const droplet = current(state, DROPLET)?.attributes.id;
  const recorded = current(state, address);
  const isWrong = recorded !== undefined && String(recorded.attributes.droplet_id) !== holder;
  if (holder === undefined || ip === undefined || String(droplet) !== holder) {
    // An apply mends that itself, but of IPv6 the provider cannot even read it.
    return isWrong && address === v6.address ? { kind: "forget", address } : { kind: "none" };
  }
  if (recorded && !isWrong) {
    return recorded.isTainted ? { kind: "untaint", address } : { kind: "none" };
  }
  return { kind: "import", address, id: `${ip},${holder}`, forgetsFirst: recorded !== undefined };
}

export async function repairAssignment(terraform: Terraform, repair: Repair): Promise<void> {
  if (repair.kind === "untaint") await terraform.untaint(repair.address);
  if (repair.kind === "forget") await terraform.forget(repair.address);
  if (repair.kind !== "import") return;
  if (repair.forgetsFirst) await terraform.forget(repair.address);
  await terraform.import(repair.address, repair.id);
}

const current = (state: State, address: string) => state.instances(address).find(({ isDeposed }) => !isDeposed);
