// bednet rehearse, with a throw-away host: what a person sees of it.

import { exitCodeOf } from "../checks/report.ts";
import { jsonReport } from "../checks/reports/json.ts";
import { textReport } from "../checks/reports/text.ts";
import { imageVersion } from "../fleet/mosquitto-versions.ts";
import { planFleet } from "../fleet/plan.ts";
import { installPackages, missingPackages } from "../sandbox/requirements.ts";
import { sweep } from "../sandbox/runs.ts";
import type { Context } from "./command.ts";
import { planText } from "./plan-text.ts";
import { rehearse } from "./rehearsal.ts";
import type { ToRehearse } from "./rehearsal-site.ts";

interface Options {
  readonly on: "debian-13" | "debian-12";
  readonly keep?: boolean;
  readonly json?: true;
}

const releases = { "debian-13": "trixie", "debian-12": "bookworm" } as const;

export async function rehearseOnHost(
  { fleet, key, lock }: ToRehearse,
  { on, keep = false, json }: Options,
  { output, signal, finish }: Context,
): Promise<void> {
  const started = performance.now();
  const onProgress = output.progress;
  const mosquittoVersion = imageVersion(`${on}-x64`);
  const planned = mosquittoVersion === undefined ? {} : { mosquittoVersion };
  if (!json) output.print(`${planText(fleet, planFleet(fleet, planned), output)}\n`);
  output.note(output.paint.bold(`Rehearsal on ${on}`));
  await installPackages(await missingPackages(), { onProgress, signal });
  for (const line of await sweep(onProgress)) output.note(line);
  const onPhase = (text: string, seconds: number) => output.note(`  ${seconds.toFixed(1).padStart(5)} s  ${text}`);
  const { report, guest, left } = await rehearse(fleet, lock, key, {
    release: releases[on],
    keep,
    signal,
    onProgress,
    onPhase,
  });
  if (json) output.print(jsonReport(report));
  else output.print(`\n${textReport(report, output)}`);
  for (const line of left) output.note(line);
  if (keep) {
    output.note(
      [
        `The host ${guest.name} stays up at ${guest.address}.`,
        `  log in:  ssh -i ${guest.privateKeyFile} -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no root@${guest.address}`,
        `  remove:  npx bednet rehearse --remove ${guest.name}`,
      ].join("\n"),
    );
  } else if (left.length === 0)
    output.note(
      `The host is removed and nothing of it is left; all in ${((performance.now() - started) / 1000).toFixed(0)} s.`,
    );
  finish(left.length > 0 && exitCodeOf(report) === 0 ? 2 : exitCodeOf(report));
}
