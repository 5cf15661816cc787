// What a deploy would do: Terraform's plan, and what Terraform cannot see, which is the host.
import { Problem } from "../../fleet/problem.ts";
import type { Droplet } from "../../remote/digitalocean/droplets.ts";
import type { PlanOptions } from "../../stacks/terraform/terraform.ts";
import type { Context, FleetOption } from "../command.ts";
import type { SshOptions } from "../ssh-options.ts";
import { type Cloud, lookAtCloud } from "./cloud.ts";
import { mend, takeIn } from "./mend.ts";
import type { OpenStack } from "./open-stack.ts";
import { DROPLET } from "./repair-assignment.ts";
import { otherState } from "./strays.ts";
import type { Ahead } from "./summary.ts";

export interface Survey extends Ahead {
  readonly cloud: Cloud | undefined;
}

export interface SurveyOptions {
  /** Addresses that the user wants replaced. */
  readonly replace?: readonly string[];
  /** Brings the state up to what is true. A look alone leaves it. */
  readonly mends: boolean;
  /** What no state knows will be removed. */
  readonly sweeps?: boolean;
}

export async function survey(
  { site, terraform, stages, around }: OpenStack,
  options: FleetOption & SshOptions,
  { replace = [], mends, sweeps = false }: SurveyOptions,
  context: Context,
): Promise<Survey> {
  const { output } = context;
  const state = await terraform.state();
  const isDroplet = site.fleet.host.provider === "digitalocean";
  const cloud = isDroplet ? await lookAtCloud(options.fleet, state, context) : undefined;
  if (mends && cloud && state.isEmpty && cloud.orphans.length > 0 && !sweeps) {
    throw otherState(site.fleet.name, cloud.orphans);
  }
  if (mends && cloud) {
    await mend(terraform, cloud.repairs, output);
    await takeIn(terraform, cloud.adoptable, output);
  }
  const holder = cloud?.holder;
  const isReplacing = replace.includes(DROPLET) || state.instances(DROPLET).some(({ isDeposed }) => isDeposed);
  if (holder && holder.status !== "active" && !isReplacing) throw switchedOff(holder);
  const host = !isDroplet || holder?.status === "active" ? await around.lookAtHost(options, context) : undefined;
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
  // One that a cut-off run has left over only goes.
  const running = plan.changes.filter(({ action }) => action !== "delete");
  const looksFirst = preflight.every((address) => running.some((change) => change.address === address));
  if (plan.changes.length === 0 || looksFirst) return plan;
  return terraform.plan({ replace: [...replace, ...preflight] });
}

const switchedOff = ({ id, status }: Droplet): Problem =>
  new Problem(
    `droplet ${id} holds the address and is ${status}: nobody is served`,
    `Switch it on (doctl compute droplet-action power-on ${id}), or build another in its place: \`bednet replace\`, which then starts without its certificate, retained messages and queues. Nothing was changed.`,
  );
