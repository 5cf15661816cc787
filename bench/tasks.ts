// The same thirteen tasks for every tool: four packages, eight files with owner and mode, four units.
import { bundleFor } from "../cli/rollout.ts";
import type { Site } from "../cli/site.ts";
import { lookAt } from "../provisioning/look.ts";
import type { Host } from "../remote/host.ts";
import type { HostFile } from "../templates/bundle.ts";

export interface Tasks {
  readonly packages: readonly string[];
  readonly files: readonly HostFile[];
  readonly units: readonly string[];
}

/** One task installs the packages, so four, eight and four make thirteen. */
export async function tasksOf(site: Site, host: Host): Promise<Tasks> {
  const { packages, files, units } = bundleFor(site, await lookAt(host, ""));
  return { packages: packages.slice(0, 4), files: files.slice(0, 8), units: units.slice(0, 4) };
}
