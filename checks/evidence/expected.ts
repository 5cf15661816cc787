// What the fleet says about its broker: the yardstick, not an observation.
import type { VerifyTarget } from "../target.ts";

export type Expected = Pick<VerifyTarget, "limit" | "alertAt" | "access">;

export async function gatherExpected({ limit, alertAt, access }: VerifyTarget): Promise<Expected> {
  return { limit, alertAt, access };
}
