// Reserved addresses, and which droplet holds one at this moment.
import { type DigitalOceanApi, orNone } from "./api.ts";
import type { Droplet } from "./droplets.ts";

export interface ReservedIp {
  readonly ip: string;
  readonly droplet: Droplet | null;
  readonly region?: { readonly slug: string };
  /** Where an IPv6 address tells its region. */
  readonly region_slug?: string;
}

/** Undefined: nobody holds it, or there is no such address. */
export async function holderOf(api: DigitalOceanApi, ip: string): Promise<Droplet | undefined> {
  const answer = await api.get<{ reserved_ip: ReservedIp }>(`/v2/reserved_ips/${ip}`).catch(orNone);
  return answer?.reserved_ip.droplet ?? undefined;
}

export const reservedIps = (api: DigitalOceanApi): Promise<ReservedIp[]> =>
  api.all<ReservedIp>("/v2/reserved_ips", "reserved_ips");

export const reservedV6s = (api: DigitalOceanApi): Promise<ReservedIp[]> =>
  api.all<ReservedIp>("/v2/reserved_ipv6", "reserved_ipv6s");

/** Reserved IPv6 addresses that a droplet holds. */
export async function reservedV6Of(api: DigitalOceanApi, dropletId: number): Promise<string[]> {
  const all = await reservedV6s(api);
  return all.filter(({ droplet }) => droplet?.id === dropletId).map(({ ip }) => ip);
}
