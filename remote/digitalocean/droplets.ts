// Droplets: which there are, and by which address each is reached, whoever holds the reserved one.
import { type DigitalOceanApi, orNone } from "./api.ts";

export interface Droplet {
  readonly id: number;
  readonly name: string;
  /** `new` while it boots; only an `active` one serves. */
  readonly status: "new" | "active" | "off" | "archive";
  readonly created_at: string;
  readonly size_slug: string;
  readonly image: { readonly slug: string | null };
  readonly tags: readonly string[];
  readonly networks: { readonly v4: readonly Network[]; readonly v6: readonly Network[] };
}

interface Network {
  readonly ip_address: string;
  readonly type: "public" | "private";
}

export async function dropletById(api: DigitalOceanApi, id: number): Promise<Droplet | undefined> {
  const answer = await api.get<{ droplet: Droplet }>(`/v2/droplets/${id}`).catch(orNone);
  return answer?.droplet;
}

export function dropletsTagged(api: DigitalOceanApi, tag: string): Promise<Droplet[]> {
  return api.all<Droplet>(`/v2/droplets?tag_name=${encodeURIComponent(tag)}`, "droplets");
}

/** A reserved address is listed among the droplet's own, and may come first. Undefined: it has none yet. */
export function ownAddress(droplet: Droplet, reserved: readonly string[]): string | undefined {
  return publicAddresses(droplet.networks.v4).find((address) => !reserved.includes(address));
}

/** All that lead to it, reserved ones too. */
export const publicV6 = (droplet: Droplet): string[] => publicAddresses(droplet.networks.v6);

const publicAddresses = (networks: readonly Network[]): string[] =>
  networks.filter(({ type }) => type === "public").map(({ ip_address }) => ip_address);
