// What a rehearsal says before it begins and after it is over.
import { isExampleKey } from "../fleet/credentials.ts";
import { count } from "../fleet/figure.ts";
import type { Plan } from "../fleet/plan.ts";
import type { Output } from "./output.ts";
import { ownCommand } from "./own-command.ts";
import { connectionsText } from "./plan-text.ts";
import type { ToRehearse } from "./rehearsal-site.ts";

/** Of the plan only what it is for; where the real host is has no place here. */
export function beforehand(
  { fleet }: ToRehearse,
  plan: Plan,
  path: string,
  page: Pick<Output, "paint" | "width">,
): string {
  const { capacity, devices } = fleet;
  return [
    `${fleet.name}: ${count(capacity.devices)} devices planned, ${count(devices.length)} in devices.csv`,
    connectionsText(plan, page),
    `All other numbers: ${ownCommand()} plan --fleet ${path}`,
  ].join("\n");
}

/** After a rehearsal in which everything passed. */
export function afterwards({ fleet, key, lock }: ToRehearse): string {
  if (isExampleKey(key.id)) {
    return (
      "Next: copy fleet.yaml and devices.csv of examples/small-farm into a folder of your own, edit them, and see there what follows: " +
      `${ownCommand()} plan`
    );
  }
  if (lock === undefined) return "Next: `bednet lock`, commit fleet.lock, then rehearse or `bednet converge`.";
  if (fleet.host.provider === "existing") return "Next: `bednet converge` does the same on the real host.";
  return "Next: `bednet plan` says what the droplet will be.";
}
