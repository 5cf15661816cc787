// Devices come, go and come back; an older checkout never brings one back.
import { expect } from "vitest";
import { gatherCrowd } from "../crowd.ts";
import type { OnBoth } from "../on-both.ts";
import type { HostRig } from "../rig.ts";
import { setTrap } from "../trap.ts";
import { addDevice, expectSettled, fingerprint, removeDevice } from "./farm.ts";

const id = "soil-comeback";

/** Logs in with the password that a device had in `site`. */
const attemptAs = (rig: HostRig, site: ReturnType<HostRig["site"]>) =>
  gatherCrowd({ ...rig, site: () => site }).attempt(id);

export function testDevices(on: OnBoth): void {
  on("a device that is revoked is thrown out, and comes back only with its new password", async (rig) => {
    const crowd = gatherCrowd(rig);
    await addDevice(rig, id);
    await rig.converge();
    await crowd.join(id);
    await crowd.join("soil-north-1");
    const before = rig.site();

    await removeDevice(rig, id);
    expect(await rig.preview()).toMatchObject({ effect: "reload" });
    expect(await rig.converge()).toMatchObject({ effect: "reload", dropped: 0 });
    await expect.poll(() => crowd.lost).toEqual([id]);
    expect(await attemptAs(rig, before)).toBe("not authorised");

    await addDevice(rig, id);
    await rig.converge();
    expect(await attemptAs(rig, before)).toBe("not authorised");
    expect(await attemptAs(rig, rig.site())).toBe("accepted");
    expect(await crowd.answering()).toBe(1);
    await crowd.disperse();

    const now = rig.site();
    const files = await fingerprint(rig);
    rig.restore(before);
    const { serial } = now.lock;
    await expect(rig.converge()).rejects.toMatchObject({
      exitCode: 1,
      message: `${rig.guest.address} runs lock serial ${serial}, and this fleet.lock (serial ${before.lock.serial}) would go back:\n  ${id} goes back from generation 2 to 1`,
    });
    expect(await fingerprint(rig)).toBe(files);
    await rig.converge({ force: true });
    expect(await attemptAs(rig, before)).toBe("accepted");

    rig.restore(now);
    await rig.converge();
    expect(await attemptAs(rig, before)).toBe("not authorised");
    await expectSettled(rig);
  });

  on("an older lock is refused also when a run was killed between lock and broker", async (rig) => {
    const before = rig.site();
    await removeDevice(rig, id);
    const trap = await setTrap(rig, "systemd-run .*bednet-candidate", "kill");
    await expect(rig.converge()).rejects.toMatchObject({ exitCode: 2 });
    await trap.remove();
    const after = rig.site();
    // The broker does not know of it yet.
    expect(await attemptAs(rig, before)).toBe("accepted");

    rig.restore(before);
    await expect(rig.converge()).rejects.toThrow(`${id} is revoked, and generation 2 comes back`);
    rig.restore(after);
    expect(await rig.converge()).toMatchObject({ changed: ["broker"], effect: "reload" });
    expect(await attemptAs(rig, before)).toBe("not authorised");
    await expectSettled(rig);
  });
}
