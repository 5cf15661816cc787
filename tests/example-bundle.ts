// The bundle of an example fleet, as tests and the golden files see it: with the examples' public key and no host.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FleetKey } from "../fleet/credentials.ts";
import { readFleet } from "../fleet/load.ts";
import { type Lock, updateLock } from "../fleet/lock.ts";
import { planFleet } from "../fleet/plan.ts";
import type { Fleet } from "../fleet/schema.ts";
import { type Bundle, factsWithoutHost, makeBundle, type Wanted } from "../templates/bundle.ts";

export type Example = "small-farm" | "thousand-devices";

const examples = new URL("../examples/", import.meta.url);
export const exampleKey = FleetKey.parse(readFileSync(new URL("key", examples), "utf8"));

export async function exampleFleet(example: Example): Promise<{ fleet: Fleet; lock: Lock }> {
  const { fleet } = await readFleet(fileURLToPath(new URL(`${example}/fleet.yaml`, examples)));
  return { fleet, lock: updateLock(fleet, undefined, exampleKey).lock };
}

/** What makes a bundle of a fleet on a host of that version that nobody has looked at. */
export function wantedOf(fleet: Fleet, lock: Lock, mosquittoVersion = "2.0.21"): Wanted {
  const plan = planFleet(fleet, { mosquittoVersion });
  return { fleet, plan, lock, facts: factsWithoutHost(fleet, plan) };
}

export async function exampleBundle(example: Example, mosquittoVersion: string): Promise<Bundle> {
  const { fleet, lock } = await exampleFleet(example);
  return makeBundle(wantedOf(fleet, lock, mosquittoVersion));
}
