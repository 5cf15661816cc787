import { expect, test } from "vitest";
import { planFleet } from "../../../fleet/plan.ts";
import { sampleFleet } from "./sample.ts";

const droplet = "provider: digitalocean, region: fra1";
const billWith = (setting: string) => planFleet(sampleFleet({ [droplet]: `${droplet}${setting}` })).bill;

test("the droplet and the uptime check", () => {
  expect(billWith(", size: s-1vcpu-1gb")).toEqual({
    monthlyDollars: 7,
    arithmetic: "$6 droplet + about $1 uptime check = $7 a month, as of 2026-10",
  });
});

test("backups cost a fifth of the droplet", () => {
  expect(billWith(", size: s-1vcpu-1gb, backups: true")).toEqual({
    monthlyDollars: 8.2,
    arithmetic: "$6 droplet + $1.20 backups + about $1 uptime check = $8.20 a month, as of 2026-10",
  });
});

test("a size that bednet has no price for", () => {
  expect(billWith(", size: c-2, backups: true")).toEqual({
    monthlyDollars: undefined,
    arithmetic: "an unknown price for c-2 + a fifth of it for backups + about $1 uptime check, as of 2026-10",
  });
});

test("a host that is there already is on somebody else's bill", () => {
  expect(planFleet(sampleFleet({ [droplet]: "provider: existing, address: 203.0.113.20" })).bill).toBeUndefined();
});
