// The look at a host: everything in one script, one trip.
import { type Host, mustRun } from "../remote/host.ts";
import { Script, sh } from "../remote/sh.ts";
import { lookScript } from "./host-scripts.ts";
import { type Observed, parseObserved } from "./observed.ts";
import { runbook } from "./runbook.ts";
import type { Entry, Resource } from "./step.ts";

/** `knownLock`: sha256 of the lock that the caller is going to apply. */
export async function lookAt(host: Host, knownLock: string, onLine?: (line: string) => void): Promise<Observed> {
  const script = sh`known_lock=${knownLock}\n${lookScript}\n${lookAtEntries(runbook.flatMap((step) => step.entries))}`;
  // A run that is still applying is waited for; certbot and apt may take minutes.
  return parseObserved(
    host.name,
    await mustRun(host, "look at the host", script, { deadlineMs: 1_860_000, ...(onLine && { onLine }) }),
  );
}

/** One process or two per kind, not per entry. */
function lookAtEntries(entries: readonly Entry[]): Script {
  const names = new Map<Resource, string[]>();
  for (const { resource, name } of entries) names.set(resource, [...(names.get(resource) ?? []), name]);
  return new Script([...names].map(([resource, list]) => resource.look(list).text).join("\n"));
}
