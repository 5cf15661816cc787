// Reserved addresses, and which droplet holds one at this moment.
import { type DigitalOceanApi, orNone } from "./api.ts";
import type { Droplet } from "./droplets.ts";

export interface ReservedIp {
  readonly ip: string;
  readonly droplet: Droplet | null;
}

/** Undefined: nobody holds it, or there is no such address. */
export async function holderOf(api: DigitalOceanApi, ip: string): Promise<Droplet | undefined> {
  const answer = await api.get<{ reserved_ip: ReservedIp }>(`/v2/reserved_ips/${ip}`).catch(orNone);
  return answer?.reserved_ip.droplet ?? undefined;
}

export const reservedIps = (api: DigitalOceanApi): Promise<ReservedIp[]> =>
  api.all<ReservedIp>("/v2/reserved_ips", "reserved_ips");
