// A broker on a droplet, in the order in which it comes to be: see design.md, "Address, certificate, droplet".
import { Tag } from "@cdktf/provider-digitalocean/lib/tag/index.js";
import type { TerraformStack } from "cdktf";
import { assignAddress, reserveAddress } from "./address.ts";
import { watch } from "./alerts.ts";
import { cloudFirewall } from "./cloud-firewall.ts";
import { monthlyCost } from "./cost.ts";
import { makeDroplet } from "./droplet.ts";
import { lookBeforePlanning } from "./preflight.ts";
import { joinProject } from "./project.ts";
import { useProvider } from "./provider.ts";
import type { SshKey } from "./source.ts";
import type { StageCommands } from "./stage-command.ts";
import { afterAddress, beforeAddress, pinsStage, preflightStage } from "./stages.ts";

/** Everything that a droplet's stack depends on. */
export interface DropletWish {
  /** What everything of it is called at DigitalOcean. */
  readonly name: string;
  readonly domain: string;
  /** Undefined: somebody sets the record by hand. */
  readonly zone: string | undefined;
  readonly region: string;
  readonly size: string;
  readonly image: string;
  readonly backups: boolean;
  readonly ipv6: boolean;
  readonly project: string | undefined;
  readonly adminCidrs: readonly string[];
  readonly sshKeys: readonly SshKey[];
  readonly alertsGoTo: string | undefined;
  readonly digest: string;
  /** Changes when preflight would look at something else. */
  readonly config: string;
  readonly commands: StageCommands;
}

export interface DropletStack {
  readonly address: string;
  /** Dollars with cents, at the price that DigitalOcean names. */
  readonly monthlyCost: string;
}

export function dropletStack(stack: TerraformStack, wish: DropletWish): DropletStack {
  useProvider(stack);
  const { size } = lookBeforePlanning(stack, wish);
  const preflight = preflightStage(stack, wish);
  const tag = new Tag(stack, "fleet", { name: wish.name, dependsOn: [preflight] });
  const firewall = cloudFirewall(stack, wish, tag);
  const pins = pinsStage(stack, wish, preflight);
  const reserved = reserveAddress(stack, wish, preflight);
  const droplet = makeDroplet(stack, wish, { preflight, tag, firewall, pins });
  const before = beforeAddress(stack, wish, { droplet, reserved });
  const assigned = assignAddress(stack, reserved, droplet, before);
  afterAddress(stack, wish, { droplet, reserved, assigned });
  joinProject(stack, wish, droplet, preflight);
  watch(stack, wish, tag, reserved);
  return { address: reserved.address.ipAddress, monthlyCost: monthlyCost(size, wish.backups) };
}
