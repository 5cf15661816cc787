// The droplet a plan asks for, or the one that fleet.yaml names, with its price.
import { bytes } from "./figure.ts";
import type { Fleet } from "./schema.ts";
import { dropletSizes, type Need, pricesAsOf, sizeOf, smallestSize, systemBytes } from "./sizes.ts";

export interface PlannedSize {
  readonly slug: string;
  /** Undefined for a size that is not in our table. */
  readonly monthlyDollars: number | undefined;
  readonly memoryBytes: number;
  /** `existing`: not ours to choose; the slug is the droplet that would do. */
  readonly chosen: "auto" | "fleet.yaml" | "existing";
  readonly arithmetic: string;
}

export function plannedSize(fleet: Fleet, need: Need): PlannedSize {
  const best = smallestSize(need);
  const { slug, memoryBytes, monthlyDollars } = best ?? dropletSizes.at(-1)!;
  const total = `${bytes(need.memoryMaxBytes)} broker + ${bytes(systemBytes)} system = ${bytes(need.memoryMaxBytes + systemBytes)}`;
  const price = `$${monthlyDollars} a month as of ${pricesAsOf}`;
  const fits =
    best === undefined
      ? `${total}: no size holds the plan, ${slug} is the largest (${price})`
      : `${total}: ${slug} has ${bytes(memoryBytes)} (${price})`;
  if (fleet.host.provider === "existing")
    return { slug, memoryBytes, monthlyDollars, chosen: "existing", arithmetic: fits };
  if (fleet.host.size === "auto") return { slug, memoryBytes, monthlyDollars, chosen: "auto", arithmetic: fits };
  const given = sizeOf(fleet.host.size);
  const has = given === undefined ? "a size that bednet does not know" : bytes(given.memoryBytes);
  return {
    slug: fleet.host.size,
    memoryBytes: given?.memoryBytes ?? 0,
    monthlyDollars: given?.monthlyDollars,
    chosen: "fleet.yaml",
    arithmetic: `${total}: host.size is ${fleet.host.size} with ${has}`,
  };
}
