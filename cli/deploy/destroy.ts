// Takes away what a deploy created. A host that was there before stays as it is.
import type { Context, FleetOption } from "../command.ts";
import { applyPlan } from "./apply.ts";
import { lookAtCloud } from "./cloud.ts";
import { confirm } from "./confirm.ts";
import { mend } from "./mend.ts";
import { openStack } from "./open-stack.ts";
import { orphansText, removeStrays, unheldText } from "./strays.ts";
import { summaryOf } from "./summary.ts";
import { real } from "./surroundings.ts";

export interface DestroyOptions extends FleetOption {
  readonly autoApprove?: true;
  readonly sweep?: true;
}

export async function destroy(options: DestroyOptions, context: Context, around = real): Promise<void> {
  const { output, signal } = context;
  const stack = await openStack(options, context, around);
  const { site, terraform } = stack;
  const { fleet } = site;
  const isDroplet = fleet.host.provider === "digitalocean";
  const cloud = isDroplet ? await lookAtCloud(options.fleet, await terraform.state(), context) : undefined;
  await mend(terraform, cloud?.repairs ?? [], output);
  output.progress("asking Terraform for its plan");
  const { changes, cost } = await terraform.plan({ destroy: true });
  if (changes.length > 0) {
    output.print(summaryOf({ changes, host: undefined, cost: cost && { ...cost, after: undefined } }));
    const lost = isDroplet
      ? "The broker, its retained messages and its queues go with the droplet. "
      : "Terraform forgets the host; its broker goes on. ";
    if (!options.autoApprove) {
      await confirm(`${lost}To do this, type the fleet's name: ${fleet.name}`, fleet.name, context);
    }
    context.whenStopped("Stopping: Terraform ends what it has begun; run the command again for the rest.");
    await applyPlan(stack, output, signal);
  }
  const strays = cloud ? [...cloud.adoptable, ...cloud.orphans] : [];
  if (options.sweep) await removeStrays(strays, context);
  else if (strays.length > 0) output.note(orphansText(strays, "destroy"));
  if (cloud && cloud.unheld.length > 0) output.note(unheldText(cloud.unheld));
  output.print(changes.length === 0 ? "The state holds nothing that was deployed." : gone(fleet.name, isDroplet));
}

const gone = (name: string, isDroplet: boolean): string =>
  isDroplet ? `Everything of ${name} is gone from DigitalOcean.` : `Terraform has forgotten ${name}.`;
