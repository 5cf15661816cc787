// What a deploy would do: Terraform's plan, and what Terraform cannot see, which is the host.
import type { Preview } from "../../provisioning/preview.ts";
import { preview } from "../../provisioning/preview.ts";
import type { PlanOptions } from "../../stacks/terraform/terraform.ts";
import type { Context, FleetOption } from "../command.ts";
import { onHost } from "../on-host.ts";
import type { SshOptions } from "../ssh-options.ts";
import { type Cloud, lookAtCloud } from "./cloud.ts";
import type { OpenStack } from "./open-stack.ts";
import { repairAssignment } from "./repair-assignment.ts";
import type { Ahead } from "./summary.ts";

export interface Survey extends Ahead {
  readonly cloud: Cloud | undefined;
}

export interface SurveyOptions {
  /** Addresses that the user wants replaced. */
  readonly replace?: readonly string[];
  /** Brings the state up to what is true. A look alone leaves it. */
  readonly mends: boolean;
}

export async function survey(
  { site, terraform, stages }: OpenStack,
  options: FleetOption & SshOptions,
  { replace = [], mends }: SurveyOptions,
  context: Context,
): Promise<Survey> {
  const { output } = context;
  const state = await terraform.state();
  const isDroplet = site.fleet.host.provider === "digitalocean";
  const cloud = isDroplet ? await lookAtCloud(site.fleet, state, context) : undefined;
  if (mends && cloud && cloud.repair.kind !== "none") {
    output.note("Terraform's state does not know who holds the address: mending it.");
    await repairAssignment(terraform, cloud.repair);
  }
  const host = !isDroplet || cloud?.holder ? await lookAtHost(options, context) : undefined;
  const inState = (addresses: readonly string[]): string[] =>
    addresses.filter((address) => state.instances(address).length > 0);
  output.progress("asking Terraform for its plan");
  const asked = { replace: [...inState(replace), ...(host && host.changes.length > 0 ? inState(stages) : [])] };
  return { host, cloud, ...(await planned(terraform, asked, inState(["terraform_data.preflight"]))) };
}

/** Preflight looks before anything is changed, so it runs whenever something will be; Terraform alone would not start it. */
async function planned(
  terraform: OpenStack["terraform"],
  { replace = [] }: PlanOptions,
  preflight: readonly string[],
): Promise<Pick<Survey, "changes" | "cost">> {
  const plan = await terraform.plan({ replace });
  const looksFirst = preflight.every((address) => plan.changes.some((change) => change.address === address));
  if (plan.changes.length === 0 || looksFirst) return plan;
  return terraform.plan({ replace: [...replace, ...preflight] });
}

async function lookAtHost(options: FleetOption & SshOptions, context: Context): Promise<Preview & { name: string }> {
  return onHost(options, {}, context, async () => async (host, settings) => ({
    name: host.name,
    ...(await preview(host, settings)),
  }));
}
