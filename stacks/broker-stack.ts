// One broker as a Terraform stack: a droplet that bednet creates, or a host that is there already.
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { cloudName } from "../fleet/cloud-name.ts";
import { planFleet } from "../fleet/plan.ts";
import { keepState } from "./backends.ts";
import { type DropletWish, dropletStack } from "./droplet-stack.ts";
import { existingHostStack } from "./existing-host.ts";
import type { StackSource } from "./source.ts";
import { stageCommands } from "./stage-command.ts";

export class BrokerStack extends TerraformStack {
  /** Public address; of a droplet a token that Terraform resolves. */
  readonly address: string;
  readonly domain: string;
  /** Slug of the droplet's size; undefined for a host that is there already. */
  readonly size: string | undefined;
  /** Dollars with cents, everything that is billed; undefined for a host that is there already. */
  readonly monthlyCost: string | undefined;
  /** Changes exactly when something on the host would change. */
  readonly rolloutDigest: string;
  /** Where the last checklist is written, from the folder of fleet.yaml. */
  readonly report = ".bednet/report.json";

  constructor(scope: Construct, id: string, source: StackSource) {
    super(scope, id);
    const { fleet, fleetFile, digest } = source;
    const { host, broker } = fleet;
    const folder = join(realpathSync(App.of(this).outdir), "stacks", id);
    // terraform_data came with 1.4, locking in Spaces with 1.10.
    this.addOverride("terraform.required_version", ">= 1.10.0");
    keepState(this, fleet, folder, fleetFile);
    const commands = stageCommands(folder, fleetFile);
    this.domain = broker.domain;
    this.rolloutDigest = digest;
    if (host.provider === "existing") {
      existingHostStack(this, { ...host, digest, commands });
      this.address = host.address;
    } else {
      this.size = planFleet(fleet).size.slug;
      const { address, monthlyCost } = dropletStack(this, { ...wishOf(source, host, this.size), commands });
      this.address = address;
      this.monthlyCost = monthlyCost;
    }
    this.tell("address", this.address, "Where the broker is");
    this.tell("domain", this.domain, "Name that devices connect to");
    this.tell("size", this.size, "Size of the droplet");
    this.tell("monthly_cost", this.monthlyCost, "Dollars a month, everything that is billed");
    this.tell("rollout_digest", this.rolloutDigest, "Changes when something on the host would change");
    this.tell("report", this.report, "The last checklist, from the folder of fleet.yaml");
  }

  private tell(id: string, value: string | undefined, description: string): void {
    if (value !== undefined) new TerraformOutput(this, id, { value, description });
  }
}

type Droplet = Extract<StackSource["fleet"]["host"], { provider: "digitalocean" }>;

function wishOf({ fleet, digest, sshKeys }: StackSource, host: Droplet, size: string): Omit<DropletWish, "commands"> {
  const { broker, dns, state, monitoring } = fleet;
  const { region, image, backups, ipv6, project, adminCidrs } = host;
  return {
    ...{ region, image, backups, ipv6, project, adminCidrs, size, sshKeys, digest },
    name: cloudName(fleet),
    domain: broker.domain,
    zone: dns === "manual" ? undefined : dns.zone,
    alertsGoTo: monitoring.email,
    config: createHash("sha256")
      .update(JSON.stringify([broker.domain, host, size, dns, state, sshKeys]))
      .digest("hex"),
  };
}
