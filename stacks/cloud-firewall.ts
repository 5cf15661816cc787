// DigitalOcean's own firewall: there before the droplet, since it goes by tag, and the only one that restricts SSH.
import { Firewall } from "@cdktf/provider-digitalocean/lib/firewall/index.js";
import type { Tag } from "@cdktf/provider-digitalocean/lib/tag/index.js";
import type { TerraformStack } from "cdktf";
import type { DropletWish } from "./droplet-stack.ts";

const everywhere = ["0.0.0.0/0", "::/0"];

export function cloudFirewall(stack: TerraformStack, { name, adminCidrs }: DropletWish, tag: Tag): Firewall {
  const fromEverywhere = (portRange: string) => ({ protocol: "tcp", portRange, sourceAddresses: everywhere });
  return new Firewall(stack, "cloud", {
    name,
    tags: [tag.id],
    inboundRule: [
      { protocol: "tcp", portRange: "22", sourceAddresses: [...adminCidrs] },
      fromEverywhere("80"),
      fromEverywhere("8883"),
      { protocol: "icmp", sourceAddresses: everywhere },
    ],
    // Without any, nothing could leave.
    outboundRule: [
      { protocol: "tcp", portRange: "1-65535", destinationAddresses: everywhere },
      { protocol: "udp", portRange: "1-65535", destinationAddresses: everywhere },
      { protocol: "icmp", destinationAddresses: everywhere },
    ],
  });
}
