// How DigitalOcean describes a droplet.
import { timeText } from "./actions.ts";
import { imageJson, regionJson, sizeJson } from "./catalog.ts";
import type { Cloud } from "./cloud.ts";
import type { Droplet } from "./droplets.ts";

export function dropletJson(cloud: Cloud, droplet: Droplet): object {
  const { id, name, size, region, image, tags, features, status, createdAtMs } = droplet;
  return {
    ...{ id, name, memory: size.memory, vcpus: size.vcpus, disk: size.disk, locked: status === "new", status },
    ...{ kernel: null, created_at: timeText(createdAtMs), features, backup_ids: [], next_backup_window: null },
    ...{ snapshot_ids: [], image: imageJson(cloud, image), volume_ids: [], size: sizeJson(cloud, size) },
    ...{ size_slug: size.slug, networks: networks(cloud, droplet), region: regionJson(cloud, region), tags },
    vpc_uuid: "00000000-0000-4000-a000-000000000003",
  };
}

/** The reserved address is one more public one, and nothing tells it apart. */
function networks({ reserved, reservedAddress }: Cloud, { id, address, features }: Droplet): object {
  if (address === undefined) return { v4: [], v6: [] };
  const at = (ip_address: string, type: "public" | "private") => ({ ip_address, type });
  const inOrder = (own: string, version: 4 | 6) => {
    const others = reserved.filter((each) => each.holder === id && each.version === version);
    const held = others.map((each) => at(each.address, "public"));
    return reservedAddress === "first" ? [...held, at(own, "public")] : [at(own, "public"), ...held];
  };
  const masked = (netmask: string, gateway: string) => (network: object) => ({ ...network, netmask, gateway });
  const v6 = features.includes("ipv6") ? inOrder(`2001:db8:1::${id.toString(16).slice(-4)}`, 6) : [];
  return {
    v4: [
      ...[at(`10.114.0.${2 + (id % 250)}`, "private")].map(masked("255.255.240.0", "")),
      ...inOrder(address, 4).map(masked("255.255.255.252", "")),
    ],
    v6: v6.map((network) => ({ ...network, netmask: 64, gateway: "2001:db8:1::1" })),
  };
}
