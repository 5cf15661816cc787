// Whoever is killed, us or the run on the host, at whatever line: the next run ends where this one should have.
import { expect } from "vitest";
import { gatherCrowd } from "../crowd.ts";
import type { OnBoth } from "../on-both.ts";
import { setTrap } from "../trap.ts";
import {
  addDevice,
  brokerPid,
  expectDenial,
  expectOldOrNew,
  expectSettled,
  fingerprint,
  fleetingAccessList,
  planFor,
  rotateLogs,
} from "./farm.ts";
import { startConverge } from "./killable.ts";

/** In the order in which the script comes to them. */
const reloadPoints = [
  ["before the lock is in its place", "^mv .*/fleet.lock$"],
  ["while the candidate is on trial", "^mosquitto_sub .* 2[0-9]{4} "],
  ["between two renames", "^mv .*/acl$"],
  ["between rename and reload", "^systemctl reload mosquitto"],
  ["before the stamp", "^mv .*/in-force$"],
  ["before the old generation is filed", "^mv .*/previous$"],
] as const;

export function testKilledRuns(on: OnBoth): void {
  on(
    "the run on the host is killed at any line of a reload: nobody is dropped, and the next run finishes",
    async (rig) => {
      const crowd = gatherCrowd(rig);
      await crowd.join("soil-north-1");
      const pid = await brokerPid(rig);
      for (const [i, [where, command]] of reloadPoints.entries()) {
        const id = `soil-killed-${i}`;
        await addDevice(rig, id);
        const before = await fingerprint(rig);
        const trap = await setTrap(rig, command, "kill");
        const ending = await rig.converge().catch((error: unknown) => error);
        await trap.remove();
        const between = await fingerprint(rig);
        expect(ending, where).toMatchObject({ name: "Problem", exitCode: 2 });
        expect((ending as Error).message, where).toContain("was killed");
        await rig.converge();
        expectOldOrNew(before, between, await fingerprint(rig));
        expect(await crowd.attempt(id), where).toBe("accepted");
      }
      expect(await crowd.answering()).toBe(1);
      expect(crowd.lost).toEqual([]);
      expect(await brokerPid(rig)).toBe(pid);
      await crowd.disperse();
      await expectSettled(rig);
    },
  );

  on("the run is killed before a restart, and the wish is changed back: the process is not trusted", async (rig) => {
    const before = rig.site();
    await planFor(rig, 120);
    const trap = await setTrap(rig, "^mosquitto_sub .* 1883 ", "kill");
    await expect(rig.converge()).rejects.toThrow("was killed");
    await trap.remove();
    // It runs with the new limit now, while the stamp still tells the old one.
    rig.restore(before);
    const { effect } = await rig.converge();
    expect(effect).toBe("restart");
    await expectSettled(rig);
  });

  on(
    "the run is killed while it takes a bad access list back: the files are old, the process is not trusted",
    async (rig) => {
      const globals = await fleetingAccessList(rig);
      const trap = await setTrap(rig, "^systemctl reload mosquitto", "hold");
      const ending = rig.converge(globals).catch((error: unknown) => error);
      await trap.sprung();
      await rig.inside("rm /etc/mosquitto/acl.fleeting");
      await trap.releaseUntilNext();
      expect(await ending).toMatchObject({ message: expect.stringContaining("was killed") });
      await trap.remove();
      // Without its access list the broker denies nothing, while every file is as it should be.
      const { findings } = await rig.verify("publish-denied");
      expect(findings[0]!.verdict.outcome).toBe("fail");
      expect(await rig.converge()).toMatchObject({ changed: ["broker"], effect: "reload" });
      await expectSettled(rig);
    },
  );

  on("rotation between two renames of a killed run lets nobody say more than before", async (rig) => {
    await addDevice(rig, "soil-rotated");
    const trap = await setTrap(rig, "^mv .*/acl$", "kill");
    await expect(rig.converge()).rejects.toThrow("was killed");
    await trap.remove();
    await rotateLogs(rig);
    await expectDenial(rig);
    await rig.converge();
    await expectSettled(rig);
  });

  on("our own process is killed: the host goes on alone, or never began", async (rig) => {
    for (const [i, command] of ["^mv .*/fleet.lock$", "^systemctl reload mosquitto"].entries()) {
      await addDevice(rig, `soil-orphan-${i}`);
      const trap = await setTrap(rig, command, "hold");
      const child = await startConverge(rig);
      await trap.sprung();
      child.kill();
      expect(await child.ended).toBe(null);
      await trap.release();
      const { changed } = await rig.converge();
      await trap.remove();
      expect(changed).toEqual([]);
      expect(await gatherCrowd(rig).attempt(`soil-orphan-${i}`)).toBe("accepted");
    }
    await addDevice(rig, "soil-orphan-early");
    const child = await startConverge(rig);
    await expect
      .poll(() => rig.inside("ss -Htn state established '( sport = :22 )' | wc -l"), { interval: 5, timeout: 20_000 })
      .toBe("1\n");
    child.kill();
    await child.ended;
    await rig.converge();
    expect(await gatherCrowd(rig).attempt("soil-orphan-early")).toBe("accepted");
    await expectSettled(rig);
  });
}
