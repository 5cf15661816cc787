// One deploy, told as it happens: look, say what it will do, ask, apply, verify.
import { Problem } from "../../fleet/problem.ts";
import type { Context, FleetOption } from "../command.ts";
import type { SshOptions } from "../ssh-options.ts";
import { applyPlan } from "./apply.ts";
import { type Cloud, lookAtCloud } from "./cloud.ts";
import { confirm } from "./confirm.ts";
import { type OpenStack, openStack } from "./open-stack.ts";
import { phasesText } from "./phases-text.ts";
import { orphansText, removeStrays, unheldText } from "./strays.ts";
import { changesNothing, summaryOf } from "./summary.ts";
import { real } from "./surroundings.ts";
import { type Survey, survey } from "./survey.ts";

export interface DeployOptions extends FleetOption, SshOptions {
  readonly autoApprove?: true;
  /** Removes droplets that no state knows. */
  readonly sweep?: true;
}

const whileApplying =
  "Stopping: Terraform ends what it has begun and writes its state; run the command again to go on from there. A second Ctrl-C leaves it alone with that.";

/** `replace`: addresses that are built anew although nothing in them changed. */
export async function deploy(
  options: DeployOptions,
  context: Context,
  replace: readonly string[] = [],
  around = real,
): Promise<void> {
  const { output } = context;
  const stack = await openStack(options, context, around);
  const ahead = await survey(stack, options, { replace, mends: true, sweeps: options.sweep === true }, context);
  if (ahead.cloud && options.sweep) await removeStrays(ahead.cloud.orphans, context);
  else if (ahead.cloud) tell(ahead.cloud, context);
  output.print(summaryOf(ahead));
  if (!changesNothing(ahead)) {
    await apply(stack, ahead, options, context);
    if (ahead.cloud) await lookAgain(stack, options, context);
  }
  await proveDeployed(stack, context);
}

async function apply(stack: OpenStack, ahead: Survey, options: DeployOptions, context: Context): Promise<void> {
  const { output, signal } = context;
  if (ahead.changes.length === 0) throw unseen(ahead);
  if (!options.autoApprove) await confirm('Do this? Only "yes" is a yes.', "yes", context);
  context.whenStopped(whileApplying);
  const started = performance.now();
  const phases = await applyPlan(stack, output, signal);
  output.note(phasesText(phases, (performance.now() - started) / 1000));
}

/** Whatever Terraform thinks: the broker is asked. */
async function proveDeployed({ site, terraform, around }: OpenStack, context: Context): Promise<void> {
  const { address } = await terraform.output();
  const isDroplet = site.fleet.host.provider === "digitalocean";
  context.output.progress(`asking ${site.fleet.broker.domain}`);
  context.finish(await around.prove(site, isDroplet ? String(address) : undefined, context));
}

/** A request that was sent again leaves something even where everything went well. */
async function lookAgain({ terraform }: OpenStack, { fleet }: DeployOptions, context: Context): Promise<void> {
  tell(await lookAtCloud(fleet, await terraform.state(), context), context);
}

function tell({ orphans, unheld }: Pick<Cloud, "orphans" | "unheld">, { output }: Context): void {
  if (orphans.length > 0) output.note(orphansText(orphans));
  if (unheld.length > 0) output.note(unheldText(unheld));
}

/** The host differs and nothing in the state stands for its stages: it was converged by hand, never deployed. */
const unseen = ({ host }: Survey): Problem =>
  new Problem(
    `${host?.name} differs from fleet.yaml, and Terraform's plan is empty`,
    "Run `bednet converge`, then `bednet deploy` again.",
    { exitCode: 2 },
  );
