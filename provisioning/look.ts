// The look at a host: everything in one script, one trip.
import { type Host, mustRun } from "../remote/host.ts";
import { Script, sh } from "../remote/sh.ts";
import { lookScript } from "./host-scripts.ts";
import { type Observed, parseObserved } from "./observed.ts";
import { runbook } from "./runbook.ts";
import type { Entry, Resource } from "./step.ts";

/** The distribution's own, which look.sh compares. */
const MOSQUITTO_CONF = "/etc/mosquitto/mosquitto.conf";

/** `knownLock`: sha256 of the lock that the caller is going to apply. */
export async function lookAt(host: Host, knownLock: string, onLine?: (line: string) => void): Promise<Observed> {
  const entries = runbook.flatMap((step) => step.entries);
  const paths = [...entries.map(({ name }) => name).filter((name) => name.startsWith("/")), MOSQUITTO_CONF];
  const script = sh`known_lock=${knownLock}\n${lookAtPaths(paths)}\n${lookScript}\n
    fact ssh "$1"
    wait_for_run
    looked=$({ look_at_clients & ${lookAtEntries(entries, true, " & ")} & wait; } | { look_at_facts "$1"; ${lookAtEntries(entries, false, "\n")}; cat; })
    printf '%s\\n' "$looked"`;
  // In two pieces, since each piece is a packet on both sides: that the script was started, and all the rest.
  // A run that is still applying is waited for; certbot and apt may take minutes.
  return parseObserved(
    host.name,
    await mustRun(host, "look at the host", script, { deadlineMs: 1_860_000, ...(onLine && { onLine }) }),
  );
}

/** Owners and contents of all paths, for `about` and `sum_of`: a process each, because starting one costs milliseconds. */
function lookAtPaths(paths: readonly string[]): Script {
  return sh`look_at_paths() {
  abouts=$(stat -c '%n %U:%G %a %F' ${paths} 2>/dev/null || true)
  sums=$(sha256sum ${paths} 2>/dev/null || true)
}`;
}

/** One process or two per kind, not per entry; those that answer slowly work beside all others. */
function lookAtEntries(entries: readonly Entry[], slow: boolean, between: string): Script {
  const names = new Map<Resource, string[]>();
  for (const { resource, name } of entries) names.set(resource, [...(names.get(resource) ?? []), name]);
  const looks = [...names].filter(([{ isSlow = false }]) => isSlow === slow);
  return new Script(looks.map(([resource, list]) => `{ ${resource.look(list).text}\n}`).join(between));
}
