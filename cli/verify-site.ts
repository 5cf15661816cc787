// The checklist for a site: at a given address, or where its name leads.

import type { Report } from "../checks/report.ts";
import { targetOf } from "../checks/target.ts";
import { type VerifyOptions, verify } from "../checks/verify.ts";
import { planFleet } from "../fleet/plan.ts";
import type { Context } from "./command.ts";
import { addressBy, dnsServersOf } from "./dns-servers.ts";
import type { Site } from "./site.ts";

export async function verifySite(
  { fleet, lock, verifyKey, trust }: Site,
  given: string | undefined,
  { env, signal }: Pick<Context, "env" | "signal">,
  { only }: Pick<VerifyOptions, "only"> = {},
): Promise<Report> {
  const servers = dnsServersOf(env);
  const address = given ?? (servers && (await addressBy(servers, fleet.broker.domain)));
  const inputs = { fleet, plan: planFleet(fleet), lock, verifyKey, trust };
  return verify(targetOf({ ...inputs, ...(address !== undefined && { address }) }), { signal, ...(only && { only }) });
}
