// Before the address moves: who holds it gets the new lock, and the new droplet takes over what it needs and proves itself.
import { Problem } from "../../fleet/problem.ts";
import { isCertified } from "../../provisioning/certified.ts";
import { converge } from "../../provisioning/converge.ts";
import { inheritCertificate, inheritDatabase } from "../../provisioning/inherit.ts";
import { withoutCertificate } from "../../provisioning/runbook.ts";
import { type Droplet, dropletById } from "../../remote/digitalocean/droplets.ts";
import { holderOf } from "../../remote/digitalocean/reserved-ip.ts";
import type { Context } from "../command.ts";
import { prove } from "./prove.ts";
import { reachServing, type Serving } from "./serving.ts";
import { noDroplet, openStage, type Reached, type Stage, type StageOptions } from "./stage.ts";

/** From its creation to its sshd. */
const BOOT_WAIT_MS = 5 * 60_000;

export async function beforeAddress(options: StageOptions, context: Context): Promise<void> {
  const { droplet: id, address } = options;
  const { note } = context.output;
  const stage = await openStage(options, context);
  const holder = await holderOf(stage.api, address);
  if (holder?.id === id)
    return note(`Droplet ${id} holds ${address} already: the stage after the address does the rest.`);
  const droplet = await dropletById(stage.api, id);
  if (droplet === undefined) throw noDroplet(id);
  const serving = holder && (await reachServing(stage, holder, note));
  try {
    const next = await stage.reach(droplet, { waitMs: BOOT_WAIT_MS, trustsNew: true });
    try {
      if (!(await prepare(stage, next, serving))) {
        return note(`No certificate yet: it is asked for when ${address} leads to droplet ${id}.`);
      }
      const verdict = await prove(stage.site, next.address, context);
      stage.phase(`verified droplet ${id} at its own address, ${next.address}`);
      if (verdict !== 0) note(staysWhereItIs(address, holder, id));
      context.finish(verdict);
    } finally {
      await next.host.close();
    }
  } finally {
    await serving?.host.close();
  }
}

/** As far as it goes. False: without a certificate, since there is none to take over. */
async function prepare({ phase }: Stage, next: Reached, serving: Serving | undefined): Promise<boolean> {
  const { host, options, droplet } = next;
  const first = await converge(host, { ...options, steps: withoutCertificate });
  phase(`prepared droplet ${droplet.id}: ${first.changed.length} of ${first.steps} steps`);
  const certificate = serving && (await inheritCertificate(serving.host, host));
  if (certificate === "taken") phase(`took the certificate over from droplet ${serving!.droplet.id}`);
  if (!(await isCertified(host, options))) {
    if (serving?.isOurs) throw uncertified(droplet, serving.droplet);
    return false;
  }
  const { changed, steps } = await converge(host, options);
  phase(`converged droplet ${droplet.id}: ${changed.length} of ${steps} steps`);
  // Last, so that as little as possible is said to the other one in between.
  if (serving?.isOurs && (await inheritDatabase(serving.host, host)) === "taken") {
    phase(
      `took retained messages and queues over from droplet ${serving.droplet.id}; what it is told from now on stays there`,
    );
  }
  return true;
}

const uncertified = (next: Droplet, serving: Droplet): Problem =>
  new Problem(
    `droplet ${next.id} has no certificate as fleet.yaml wants it, although droplet ${serving.id} serves and was converged just now`,
    `Run \`bednet plan --host\` to see what droplet ${serving.id} lacks. It goes on serving: the address was not moved.`,
  );

function staysWhereItIs(address: string, holder: Droplet | undefined, id: number): string {
  if (holder === undefined) return `${address} leads nowhere yet, and is not given to droplet ${id} before it passes.`;
  return `${address} stays at droplet ${holder.id}, which goes on serving. Repair what failed and run \`bednet deploy\` again, or give droplet ${id} up: \`bednet replace --abort\`.`;
}
