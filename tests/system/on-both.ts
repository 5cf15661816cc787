// The same scenario on a Debian 13 and a Debian 12 guest at the same time: most of what they do is wait.
import { afterAll, beforeAll, test } from "vitest";
import type { Release } from "../../sandbox/debian.ts";
import { type HostRig, type RigOptions, startHostRig } from "./rig.ts";

const releases = ["trixie", "bookworm"] as const satisfies readonly Release[];

export type OnBoth = (title: string, scenario: (rig: HostRig) => Promise<void>) => void;

/** Boots both before the file's tests and removes both after them. */
export function onBothReleases(options: Omit<RigOptions, "release"> = {}): OnBoth {
  const rigs: HostRig[] = [];
  beforeAll(async () => {
    await everywhere(releases, async (release) => void rigs.push(await startHostRig({ ...options, release })));
  });
  afterAll(async () => {
    await everywhere(rigs, (rig) => rig.stop());
  });
  return (title, scenario) =>
    test(title, async () => {
      await everywhere(rigs, async (rig) => {
        await scenario(rig).catch((error: Error) => {
          error.message = `on ${rig.guest.release}: ${error.message}`;
          throw error;
        });
      });
    });
}

/** Waits for all, also when one fails: a guest that is still being worked on cannot be removed. */
async function everywhere<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const endings = await Promise.allSettled(all.map(act));
  for (const ending of endings) if (ending.status === "rejected") throw ending.reason;
}
