// One look at a host, held against what it should be. Refuses what must not be changed; changes nothing.
import { createHash } from "node:crypto";
import { formatLock, type Lock } from "../fleet/lock.ts";
import type { Host } from "../remote/host.ts";
import type { Bundle } from "../templates/bundle.ts";
import { type Change, difference } from "./difference.ts";
import { guardLock } from "./lock-guard.ts";
import { lookAt } from "./look.ts";
import type { Observed } from "./observed.ts";
import { type RefusalOptions, refuse } from "./refusals.ts";
import { packageWish } from "./resources/package.ts";
import { runbook } from "./runbook.ts";
import type { Step } from "./step.ts";
import packages from "./steps/packages.ts";

export interface CompareOptions extends RefusalOptions {
  readonly lock: Lock;
  /** Only these of the runbook; left out, all of it. */
  readonly steps?: readonly Step[];
  /** The bundle for what the host turned out to be. Tests inject a broken one here. */
  readonly bundleFor: (observed: Observed) => Bundle;
  /** Throws when this host must not get this fleet at all. */
  readonly vet: (observed: Observed) => void;
  /** Apply a lock that goes back all the same. */
  readonly force: boolean;
  readonly onProgress: (text: string) => void;
}

export interface Compared {
  readonly observed: Observed;
  readonly changes: readonly Change[];
}

export async function compare(host: Host, options: CompareOptions): Promise<Compared> {
  const knownLock = createHash("sha256").update(formatLock(options.lock)).digest("hex");
  const observed = await lookAt(host, knownLock, (line) => options.onProgress(line.replace(/^bednet: /, "  ")));
  options.vet(observed);
  refuse(host.name, observed, options);
  if (observed.appliedLock.other && !options.force) guardLock(host.name, observed.appliedLock.other, options.lock);
  const changes =
    observed.mosquittoVersion === undefined
      ? missingPackages(observed)
      : difference(options.steps ?? runbook, options.bundleFor(observed), observed);
  return { observed, changes };
}

/** All that can be told before apt has brought the versions that a bundle depends on. */
function missingPackages(observed: Observed): Change[] {
  return packages.entries
    .map((entry) => ({
      step: packages,
      wish: packageWish(entry.name),
      state: observed.state(entry),
      effect: "none" as const,
    }))
    .filter(({ wish, state }) => !wish.isMet(state));
}
