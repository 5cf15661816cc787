// What DigitalOcean itself watches: load, memory, disk, and whether the address answers.
import { MonitorAlert } from "@cdktf/provider-digitalocean/lib/monitor-alert/index.js";
import type { Tag } from "@cdktf/provider-digitalocean/lib/tag/index.js";
import { UptimeAlert } from "@cdktf/provider-digitalocean/lib/uptime-alert/index.js";
import { UptimeCheck } from "@cdktf/provider-digitalocean/lib/uptime-check/index.js";
import type { TerraformStack } from "cdktf";
import type { Reserved } from "./address.ts";
import type { DropletWish } from "./droplet-stack.ts";

/** Above this for ten minutes. */
const alertPercent = { cpu: 80, memory: 85, disk: 80 } as const;
const types = { cpu: "cpu", memory: "memory_utilization_percent", disk: "disk_utilization_percent" } as const;

/** It knows ping, http and https: whether the broker answers is `bednet verify`'s. */
export function watch(stack: TerraformStack, wish: DropletWish, tag: Tag, { address }: Reserved): void {
  const { name, alertsGoTo } = wish;
  const check = new UptimeCheck(stack, "ping", {
    name,
    type: "ping",
    target: address.ipAddress,
    regions: ["eu_west", "se_asia", "us_east", "us_west"],
  });
  if (alertsGoTo === undefined) return;
  const email = [alertsGoTo];
  new UptimeAlert(stack, "ping-alert", {
    name,
    checkId: check.id,
    type: "down_global",
    period: "2m",
    notifications: [{ email }],
  }).overrideLogicalId("ping");
  for (const what of ["cpu", "memory", "disk"] as const) {
    new MonitorAlert(stack, what, {
      description: `${name}: ${what} above ${alertPercent[what]} %`,
      type: `v1/insights/droplet/${types[what]}`,
      compare: "GreaterThan",
      value: alertPercent[what],
      window: "10m",
      // By tag, so that it follows a replacement.
      tags: [tag.id],
      alerts: { email },
    });
  }
}
