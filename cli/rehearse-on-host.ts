// bednet rehearse, with a throw-away host: what a person sees of it.

import { exitCodeOf } from "../checks/report.ts";
import { jsonReport } from "../checks/reports/json.ts";
import { imageVersion } from "../fleet/mosquitto-versions.ts";
import { planFleet } from "../fleet/plan.ts";
import { installPackages } from "../sandbox/apt.ts";
import { missingPackages } from "../sandbox/requirements.ts";
import { sweep } from "../sandbox/runs.ts";
import type { Context } from "./command.ts";
import { keptHost } from "./kept-host.ts";
import { phases } from "./phases.ts";
import { rehearse } from "./rehearsal.ts";
import type { ToRehearse } from "./rehearsal-site.ts";
import { afterwards, beforehand } from "./rehearsal-text.ts";
import { reportText } from "./report-text.ts";

interface Options {
  /** Path of fleet.yaml. */
  readonly fleet: string;
  readonly on: "debian-13" | "debian-12";
  readonly keep?: boolean;
  readonly json?: true;
}

const releases = { "debian-13": "trixie", "debian-12": "bookworm" } as const;

export async function rehearseOnHost(
  rehearsed: ToRehearse,
  { fleet: path, on, keep = false, json }: Options,
  { output, signal, finish }: Context,
): Promise<void> {
  const started = performance.now();
  const { fleet, key, lock } = rehearsed;
  const onProgress = output.progress;
  const mosquittoVersion = imageVersion(`${on}-x64`);
  const planned = mosquittoVersion === undefined ? {} : { mosquittoVersion };
  output.note(output.paint.bold(`Rehearsal on ${on}`));
  output.note(beforehand(rehearsed, planFleet(fleet, planned), path, output));
  await installPackages(await missingPackages(), { onProgress, signal });
  for (const line of await sweep(onProgress)) output.note(line);
  const { report, guest, site, dnsServer, left } = await rehearse(fleet, lock, key, {
    release: releases[on],
    keep,
    signal,
    onProgress,
    phase: phases(output),
  });
  if (json) output.print(jsonReport(report));
  else output.print(`\n${reportText(report, output)}`);
  for (const line of left) output.note(line);
  if (keep) {
    output.note(`\n${await keptHost(site, guest, dnsServer, lock)}`);
  } else if (left.length === 0)
    output.note(
      `The host is removed and nothing of it is left; all in ${((performance.now() - started) / 1000).toFixed(0)} s.`,
    );
  if (exitCodeOf(report) === 0 && !keep) output.note(afterwards(rehearsed));
  finish(left.length > 0 && exitCodeOf(report) === 0 ? 2 : exitCodeOf(report));
}
