// bednet rehearse --cloud: the deploy that a customer would run, with the real Terraform and the real provider, without an
// account: deploy, look for drift, destroy, and an account that is as empty as before.
import { Problem } from "../fleet/problem.ts";
import { installPackages } from "../sandbox/apt.ts";
import type { Cloud } from "../sandbox/digitalocean/cloud.ts";
import { startRehearsalCloud } from "../sandbox/digitalocean/rehearsal-cloud.ts";
import { missingPackages } from "../sandbox/requirements.ts";
import { sweep } from "../sandbox/runs.ts";
import { makeCloudSite, zoneOf } from "./cloud-site.ts";
import type { Context } from "./command.ts";
import { deploy } from "./deploy/deploy.ts";
import { destroy } from "./deploy/destroy.ts";
import { drift } from "./deploy/drift.ts";
import type { ToRehearse } from "./rehearsal-site.ts";

export async function rehearseOnCloud(
  rehearsed: ToRehearse,
  { on }: { readonly on: string },
  context: Context,
): Promise<void> {
  const { output, signal } = context;
  const onProgress = output.progress;
  await installPackages(await missingPackages(), { onProgress, signal });
  for (const line of await sweep(onProgress)) output.note(line);
  const zone = zoneOf(rehearsed.fleet);
  const cloud = await startRehearsalCloud({ onProgress, signal, account: { zones: { [zone]: {} } } });
  const left: string[] = [];
  try {
    const site = await makeCloudSite(rehearsed, `${on}-x64`, cloud);
    try {
      output.note(output.paint.bold(`Rehearsal on a stand-in for DigitalOcean at ${cloud.api.url}`));
      await rollOut(site.fleetFile, { ...context, env: { ...context.env, ...site.env } });
      await cloud.api.cloud.quiet();
      left.push(...stillThere(cloud.api.cloud), ...cloud.api.cloud.gaps, ...cloud.api.cloud.failures);
    } finally {
      await site.remove();
    }
  } finally {
    left.push(...(await cloud.stop()));
  }
  signal.throwIfAborted();
  if (left.length === 0) return output.print(`The account is empty but for the zone ${zone}, as before.`);
  throw new Problem(`the rehearsal left behind or could not do: ${left.join("; ")}`, "Report it, with the text above.");
}

/** Stops at the first part that does not end well. */
async function rollOut(fleet: string, context: Context): Promise<void> {
  const { output } = context;
  let code = 0;
  const inside: Context = {
    ...context,
    finish: (exitCode) => {
      code = exitCode;
      context.finish(exitCode);
    },
  };
  for (const [title, part] of [
    ["bednet deploy --auto-approve", () => deploy({ fleet, autoApprove: true }, inside)],
    ["bednet drift", () => drift({ fleet }, inside)],
    ["bednet destroy --auto-approve", () => destroy({ fleet, autoApprove: true }, inside)],
  ] as const) {
    output.note(`\n${output.paint.bold(`$ ${title}`)}`);
    await part();
    if (code !== 0) throw new Problem(`${title} ended with exit code ${code}`, "What it said stands above.");
  }
}

/** Of what a deploy creates, in the words of the control panel. */
function stillThere({
  droplets,
  reserved,
  firewalls,
  tags,
  keys,
  policies,
  checks,
  projects,
  domains,
}: Cloud): string[] {
  const records = domains.flatMap((domain) => domain.records.filter(({ type }) => type === "A" || type === "AAAA"));
  return Object.entries({
    ...{ droplets, "reserved addresses": reserved, firewalls, tags, "SSH keys": keys, "alert policies": policies },
    ...{ "uptime checks": checks, records, projects: projects.filter(({ isDefault }) => !isDefault) },
  }).flatMap(([what, list]) => (list.length === 0 ? [] : [`${list.length} ${what}`]));
}
