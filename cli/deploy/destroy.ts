// Takes away what a deploy created. A host that was there before stays as it is.
import type { Context, FleetOption } from "../command.ts";
import { applyPlan } from "./apply.ts";
import { lookAtCloud, orphansText, removeDroplets } from "./cloud.ts";
import { confirm } from "./confirm.ts";
import { openStack } from "./open-stack.ts";
import { summaryOf } from "./summary.ts";

export interface DestroyOptions extends FleetOption {
  readonly autoApprove?: true;
  readonly sweep?: true;
}

export async function destroy(options: DestroyOptions, context: Context): Promise<void> {
  const { output, signal } = context;
  const { site, terraform } = await openStack(options, context);
  const { fleet } = site;
  const isDroplet = fleet.host.provider === "digitalocean";
  output.progress("asking Terraform for its plan");
  const { changes, cost } = await terraform.plan({ destroy: true });
  const orphans = isDroplet ? (await lookAtCloud(fleet, await terraform.state(), context)).orphans : [];
  if (changes.length > 0) {
    output.print(summaryOf({ changes, host: undefined, cost: cost && { ...cost, after: undefined } }));
    const lost = isDroplet
      ? "The broker, its retained messages and its queues go with the droplet. "
      : "Terraform forgets the host; its broker goes on. ";
    if (!options.autoApprove) {
      await confirm(`${lost}To do this, type the fleet's name: ${fleet.name}`, fleet.name, context);
    }
    context.whenStopped("Stopping: Terraform ends what it has begun; run the command again for the rest.");
    await applyPlan(terraform, output, signal);
  }
  if (options.sweep) await removeDroplets(orphans, context);
  else if (orphans.length > 0) output.note(orphansText(orphans).replace("bednet deploy", "bednet destroy"));
  output.print(changes.length === 0 ? "Nothing was deployed." : gone(fleet.name, isDroplet));
}

const gone = (name: string, isDroplet: boolean): string =>
  isDroplet ? `Everything of ${name} is gone from DigitalOcean.` : `Terraform has forgotten ${name}.`;
