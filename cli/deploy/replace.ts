// A new droplet for the same broker, and the way back while it is not finished.
import { Problem } from "../../fleet/problem.ts";
import { giveUpReplacement } from "../../stacks/terraform/swap-deposed.ts";
import type { Context } from "../command.ts";
import { applyPlan } from "./apply.ts";
import { lookAtCloud } from "./cloud.ts";
import { confirm } from "./confirm.ts";
import { type DeployOptions, deploy } from "./deploy.ts";
import { openStack } from "./open-stack.ts";
import { DROPLET } from "./repair-assignment.ts";
import { summaryOf } from "./summary.ts";
import { survey } from "./survey.ts";

/** Builds it with the image that fleet.yaml names now; an unfinished one is finished, not begun again. */
export async function replace(options: DeployOptions, context: Context): Promise<void> {
  const { site, terraform } = await openStack(options, context);
  if (site.fleet.host.provider !== "digitalocean") throw notOurs();
  const isStuck = (await terraform.state()).instances(DROPLET).some(({ isDeposed }) => isDeposed);
  if (isStuck) context.output.note("A replacement is under way and not finished: going on with it.");
  await deploy(options, context, isStuck ? [] : [DROPLET]);
}

/** The droplet that holds the address stays, and the one that was to replace it is removed. */
export async function abortReplace(options: DeployOptions, context: Context): Promise<void> {
  const { output, signal } = context;
  const stack = await openStack(options, context);
  const { site, terraform } = stack;
  if (site.fleet.host.provider !== "digitalocean") throw notOurs();
  const { holder } = await lookAtCloud(options.fleet, await terraform.state(), context);
  const text = holder && giveUpReplacement(await terraform.stateText(), String(holder.id));
  if (text === undefined) {
    throw new Problem(
      holder
        ? `no replacement is under way: droplet ${holder.id} holds the address and is the one that Terraform means to keep`
        : "nobody holds the address, so there is no droplet to go back to",
      "Run `bednet deploy` to bring everything to where it should be; nothing was changed.",
    );
  }
  if (!options.autoApprove) {
    await confirm(
      `Droplet ${holder!.id} stays, and the one that was to replace it is removed. Only "yes" is a yes.`,
      "yes",
      context,
    );
  }
  await terraform.pushState(text);
  const ahead = await survey(stack, options, { mends: true }, context);
  output.print(summaryOf(ahead));
  if (ahead.changes.length > 0) await applyPlan(stack, output, signal);
  output.print(`The replacement is given up; droplet ${holder!.id} serves as before.`);
}

const notOurs = (): Problem =>
  new Problem(
    "host.provider is existing: bednet did not create this host and cannot replace it",
    "Set host.address to the new host and run `bednet deploy`; nothing was changed.",
  );
