// What a rehearsal says before it begins and after it is over.
import { isExampleKey } from "../fleet/credentials.ts";
import { count } from "../fleet/figure.ts";
import type { Plan } from "../fleet/plan.ts";
import type { ToRehearse } from "./rehearsal-site.ts";

/** Of the plan only what it is for; where the real host is has no place here. */
export function beforehand({ fleet }: ToRehearse, { maxConnections }: Plan, path: string): string {
  const { capacity, devices } = fleet;
  return [
    `${fleet.name}: ${count(capacity.devices)} devices planned, ${count(devices.length)} in devices.csv; the broker will take ${count(maxConnections.value)} connections`,
    `  each number with its arithmetic: npx bednet plan --fleet ${path}`,
  ].join("\n");
}

/** After a rehearsal in which everything passed. */
export function afterwards({ fleet, key, lock }: ToRehearse): string {
  if (isExampleKey(key.id)) {
    return "Next: copy fleet.yaml and devices.csv of examples/small-farm into a folder of your own, edit them, and see there what follows: `bednet plan`.";
  }
  if (lock === undefined) return "Next: `bednet lock`, commit fleet.lock, then rehearse or `bednet converge`.";
  if (fleet.host.provider === "existing") return "Next: `bednet converge` does the same on the real host.";
  return "Next: `bednet plan` says what the droplet will be.";
}
