// The stages of a roll-out, each a command of bednet's: run again when their trigger changes. No secret may be among the triggers.
import type { Droplet } from "@cdktf/provider-digitalocean/lib/droplet/index.js";
import type { ReservedIpAssignment } from "@cdktf/provider-digitalocean/lib/reserved-ip-assignment/index.js";
import type { ReservedIpv6Assignment } from "@cdktf/provider-digitalocean/lib/reserved-ipv6-assignment/index.js";
import { DataResource, type TerraformStack } from "cdktf";
import type { Reserved } from "./address.ts";
import type { DropletWish } from "./droplet-stack.ts";

const createBeforeDestroy = true;

/** Looks at all that a plan cannot see, before anything is created or changed. */
export function preflightStage(stack: TerraformStack, { config, digest, commands }: DropletWish): DataResource {
  return new DataResource(stack, "preflight", {
    triggersReplace: { config, digest },
    provisioners: [{ type: "local-exec", command: commands(["stage", "preflight"]) }],
    lifecycle: { createBeforeDestroy },
  });
}

/** The pinned host keys are tags that Terraform does not own: they go when the last droplet has gone. */
export function pinsStage(stack: TerraformStack, { commands }: DropletWish, preflight: DataResource): DataResource {
  return new DataResource(stack, "pins", {
    triggersReplace: { pins: "of-every-droplet" },
    provisioners: [{ type: "local-exec", when: "destroy", command: commands(["stage", "unpin"]) }],
    dependsOn: [preflight],
  });
}

interface OnDroplet {
  readonly droplet: Droplet;
  readonly reserved: Reserved;
}

/** The new droplet is converged and, if it has inherited a certificate, verified while the old one serves. */
export function beforeAddress(
  stack: TerraformStack,
  wish: DropletWish,
  { droplet, reserved }: OnDroplet,
): DataResource {
  return new DataResource(stack, "before_address", {
    triggersReplace: { droplet: droplet.id, digest: wish.digest },
    provisioners: [{ type: "local-exec", command: onDroplet(wish, "before-address", droplet, reserved) }],
    dependsOn: [...reserved.records],
    lifecycle: { createBeforeDestroy },
  });
}

/** Verified by name. Edited or deleted records are put right before it, and are a reason to ask again. */
export function afterAddress(
  stack: TerraformStack,
  wish: DropletWish,
  {
    droplet,
    reserved,
    assigned: [assignment, ...others],
  }: OnDroplet & { readonly assigned: readonly [ReservedIpAssignment, ...ReservedIpv6Assignment[]] },
): void {
  // The array of constructs would render something that Terraform rejects (docs/measurements.md#terraform).
  const records = reserved.records.map((record) => `${record.terraformResourceType}.${record.friendlyUniqueId}`);
  new DataResource(stack, "after_address", {
    triggersReplace: { assignment: assignment.id, digest: wish.digest },
    provisioners: [{ type: "local-exec", command: onDroplet(wish, "after-address", droplet, reserved) }],
    dependsOn: others,
    ...(records.length > 0 && { lifecycle: { replaceTriggeredBy: records } }),
  });
}

function onDroplet({ commands }: DropletWish, stage: string, droplet: Droplet, { address }: Reserved): string {
  return commands(["stage", stage], "--droplet", droplet.id, "--address", address.ipAddress);
}
