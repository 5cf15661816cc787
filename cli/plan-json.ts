// A plan for programs: the same facts as the printed one.
import { principalsOf } from "../fleet/access.ts";
import type { Plan } from "../fleet/plan.ts";
import type { Fleet } from "../fleet/schema.ts";
import { dnsText } from "./plan-text.ts";

export function planJson(fleet: Fleet, plan: Plan) {
  const { name, broker, capacity, devices, classes, services, people } = fleet;
  const roles = principalsOf(fleet).map(({ role }) => role);
  return {
    fleet: { name, domain: broker.domain, devicesPlanned: capacity.devices, devicesListed: devices.length },
    ...plan,
    access: { classes, services, people },
    principals: Object.fromEntries(
      [...new Set(roles)].map((role) => [role, roles.filter((one) => one === role).length]),
    ),
    dns: dnsText(fleet),
  };
}
