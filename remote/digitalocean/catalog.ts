// What the account may use: sizes, regions, images, SSH keys, zones.
import { type DigitalOceanApi, orNone } from "./api.ts";

export interface Account {
  readonly status: "active" | "warning" | "locked";
  readonly status_message: string;
}

export interface Size {
  readonly slug: string;
  readonly available: boolean;
  readonly regions: readonly string[];
  /** Gigabytes. */
  readonly disk: number;
}

export interface Region {
  readonly slug: string;
  readonly available: boolean;
}

export interface Image {
  readonly slug: string | null;
  readonly regions: readonly string[];
  /** Gigabytes. */
  readonly min_disk_size: number;
}

export interface AccountKey {
  readonly name: string;
  /** MD5, `aa:bb:…`. */
  readonly fingerprint: string;
}

export interface CloudFirewall {
  readonly name: string;
  readonly tags: readonly string[] | null;
  readonly inbound_rules: readonly {
    readonly protocol: string;
    readonly ports: string;
    readonly sources: { readonly addresses?: readonly string[] };
  }[];
}

export async function account(api: DigitalOceanApi): Promise<Account> {
  return (await api.get<{ account: Account }>("/v2/account")).account;
}

export const sizes = (api: DigitalOceanApi): Promise<Size[]> => api.all("/v2/sizes", "sizes");
export const regions = (api: DigitalOceanApi): Promise<Region[]> => api.all("/v2/regions", "regions");
export const accountKeys = (api: DigitalOceanApi): Promise<AccountKey[]> => api.all("/v2/account/keys", "ssh_keys");
export const firewalls = (api: DigitalOceanApi): Promise<CloudFirewall[]> => api.all("/v2/firewalls", "firewalls");

export async function imageBySlug(api: DigitalOceanApi, slug: string): Promise<Image | undefined> {
  return (await api.get<{ image: Image }>(`/v2/images/${slug}`).catch(orNone))?.image;
}

export async function hasZone(api: DigitalOceanApi, zone: string): Promise<boolean> {
  return (await api.get(`/v2/domains/${zone}`).catch(orNone)) !== undefined;
}
