// What the fleet says about its broker: the yardstick, not an observation.
import type { VerifyTarget } from "../target.ts";

export type Expected = Pick<VerifyTarget, "domain" | "limit" | "alertAt" | "access">;

export async function gatherExpected({ domain, limit, alertAt, access }: VerifyTarget): Promise<Expected> {
  return { domain, limit, alertAt, access };
}
