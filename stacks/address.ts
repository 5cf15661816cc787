// The address that outlives droplets, the DNS records that lead to it, and its move to the droplet that has proved itself.
import type { Droplet } from "@cdktf/provider-digitalocean/lib/droplet/index.js";
import { Record as DnsRecord } from "@cdktf/provider-digitalocean/lib/record/index.js";
import { ReservedIp } from "@cdktf/provider-digitalocean/lib/reserved-ip/index.js";
import { ReservedIpAssignment } from "@cdktf/provider-digitalocean/lib/reserved-ip-assignment/index.js";
import { ReservedIpv6 } from "@cdktf/provider-digitalocean/lib/reserved-ipv6/index.js";
import { ReservedIpv6Assignment } from "@cdktf/provider-digitalocean/lib/reserved-ipv6-assignment/index.js";
import { type DataResource, Fn, type TerraformStack } from "cdktf";
import type { DropletWish } from "./droplet-stack.ts";

const RECORD_TTL_SECONDS = 300;

export interface Reserved {
  readonly address: ReservedIp;
  readonly address6: ReservedIpv6 | undefined;
  /** Empty when somebody sets them by hand. */
  readonly records: readonly DnsRecord[];
}

export function reserveAddress(stack: TerraformStack, wish: DropletWish, preflight: DataResource): Reserved {
  const { region, domain, zone, ipv6 } = wish;
  const address = new ReservedIp(stack, "reserved-ip", { region, dependsOn: [preflight] });
  address.overrideLogicalId("address");
  const address6 = ipv6
    ? new ReservedIpv6(stack, "address6", { regionSlug: region, dependsOn: [preflight] })
    : undefined;
  const records: DnsRecord[] = [];
  // The record alone: whoever owns a zone deletes it, with everything in it.
  const record = (id: string, type: string, value: string): void => {
    if (zone === undefined) return;
    const name = domain === zone ? "@" : domain.slice(0, -zone.length - 1);
    records.push(new DnsRecord(stack, id, { domain: zone, type, name, value, ttl: RECORD_TTL_SECONDS }));
  };
  record("a", "A", address.ipAddress);
  if (address6 !== undefined) record("aaaa", "AAAA", address6.ip);
  return { address, address6, records };
}

/** Moved when `before` is done; then what it left is nobody's. */
export function assignAddress(
  stack: TerraformStack,
  { address, address6 }: Reserved,
  droplet: Droplet,
  before: DataResource,
): readonly [ReservedIpAssignment, ...ReservedIpv6Assignment[]] {
  const to = {
    dropletId: Fn.tonumber(droplet.id),
    dependsOn: [before],
    lifecycle: { createBeforeDestroy: true },
  };
  const assignment = new ReservedIpAssignment(stack, "assignment", { ipAddress: address.ipAddress, ...to });
  if (address6 === undefined) return [assignment];
  return [assignment, new ReservedIpv6Assignment(stack, "assignment6", { ip: address6.ip, ...to })];
}
