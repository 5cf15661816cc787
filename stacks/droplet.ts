// The machine itself. A second one is made and proved before the first one goes.
import { Droplet } from "@cdktf/provider-digitalocean/lib/droplet/index.js";
import type { Firewall } from "@cdktf/provider-digitalocean/lib/firewall/index.js";
import { SshKey } from "@cdktf/provider-digitalocean/lib/ssh-key/index.js";
import type { Tag } from "@cdktf/provider-digitalocean/lib/tag/index.js";
import type { DataResource, TerraformStack } from "cdktf";
import type { DropletWish } from "./droplet-stack.ts";

interface Before {
  readonly preflight: DataResource;
  readonly tag: Tag;
  readonly firewall: Firewall;
  readonly pins: DataResource;
}

export function makeDroplet(stack: TerraformStack, wish: DropletWish, before: Before): Droplet {
  const { name, size, region, image, backups, ipv6 } = wish;
  const { preflight, tag, firewall, pins } = before;
  const sshKeys = wish.sshKeys.map((key, index) =>
    "fingerprint" in key
      ? key.fingerprint
      : new SshKey(stack, `key-${index + 1}`, { name, publicKey: key.publicKey, dependsOn: [preflight] }).id,
  );
  return new Droplet(stack, "droplet", {
    name,
    size,
    region,
    image,
    backups,
    ipv6,
    sshKeys,
    tags: [tag.id],
    monitoring: true,
    gracefulShutdown: true,
    // The disk alone would keep a larger size from being taken back.
    resizeDisk: false,
    // A deletion takes longer than the minute that the provider waits.
    timeouts: { delete: "5m" },
    dependsOn: [firewall, pins],
    // A newer image is for who asks for a replacement, not for whoever deploys next.
    lifecycle: { createBeforeDestroy: true, ignoreChanges: ["user_data", "ssh_keys", "image"] },
  });
}
