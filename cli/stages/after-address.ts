// After the address has moved: the certificate where there is none yet, everything else, and the proof by name.
import { lookup } from "node:dns/promises";
import { Problem } from "../../fleet/problem.ts";
import { converge } from "../../provisioning/converge.ts";
import { passDnsGate } from "../../provisioning/dns-gate.ts";
import { markServed } from "../../provisioning/inherit.ts";
import { type Droplet, dropletById } from "../../remote/digitalocean/droplets.ts";
import { holderOf } from "../../remote/digitalocean/reserved-ip.ts";
import type { Context } from "../command.ts";
import { dnsServersOf } from "../dns-servers.ts";
import { leadsTo } from "../serving-droplet.ts";
import { prove } from "./prove.ts";
import { DNS_WAIT_MS, noDroplet, openStage, type Stage, type StageOptions } from "./stage.ts";
import { sweepPins } from "./unpin.ts";

const WAIT_MS = 60_000;

export async function afterAddress(options: StageOptions, context: Context): Promise<void> {
  const { droplet: id, address } = options;
  const { note } = context.output;
  const stage = await openStage(options, context);
  const [droplet, holder] = await Promise.all([dropletById(stage.api, id), holderOf(stage.api, address)]);
  if (droplet === undefined) throw noDroplet(id);
  if (holder?.id !== id) throw isElsewhere(address, holder, id);
  const { host, options: settings } = await stage.reach(droplet, { waitMs: WAIT_MS, trustsNew: false });
  try {
    // First, so that no later run takes an older database for a fresher one.
    const { lossSeconds } = await markServed(host);
    if (lossSeconds !== undefined) note(loss(lossSeconds));
    const { changed, steps } = await converge(host, settings);
    stage.phase(`converged droplet ${id}: ${changed.length} of ${steps} steps`);
  } finally {
    await host.close();
  }
  await untilNameLeadsTo(stage, address, droplet, context);
  const verdict = await prove(stage.site, address, context);
  stage.phase(`verified ${stage.site.fleet.broker.domain}`);
  await sweepPins(stage.api, note).catch((error: Error) =>
    note(`Pins of droplets that are gone were left: ${error.message}`),
  );
  context.finish(verdict);
}

const loss = (seconds: number): string =>
  `The address moved at most ${seconds} s after the old droplet's database was taken over: messages that it retained or queued in these seconds stayed there.`;

function isElsewhere(address: string, holder: Droplet | undefined, id: number): Problem {
  return new Problem(
    `${address} is held by ${holder === undefined ? "nobody" : `droplet ${holder.id}`}, not by droplet ${id}`,
    "Somebody moved it meanwhile: run `bednet deploy`, which assigns it again.",
  );
}

/** What this machine's resolver remembers from before the record is no reason to fail: then the zone's own servers are asked. */
async function untilNameLeadsTo(stage: Stage, address: string, droplet: Droplet, context: Context): Promise<void> {
  const { domain } = stage.site.fleet.broker;
  const { env, output, signal } = context;
  const servers = dnsServersOf(env);
  const known = servers ? undefined : await lookup(domain, { family: 4 }).catch(() => undefined);
  if (known?.address === address) return;
  const where = {
    domain,
    ...(await leadsTo(stage.api, stage.site.fleet, address, droplet)),
    ...(servers && { servers }),
  };
  await passDnsGate({ ...where, waitMs: DNS_WAIT_MS, onProgress: output.progress, signal });
}
