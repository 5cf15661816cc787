// One step back by hand, which never brings a password back.
import { expect } from "vitest";
import { rollback } from "../../../provisioning/rollback.ts";
import { connect } from "../../../remote/ssh.ts";
import { gatherCrowd } from "../crowd.ts";
import type { OnBoth } from "../on-both.ts";
import type { HostRig } from "../rig.ts";
import { addDevice, expectDenial, expectSettled, planFor, removeDevice } from "./farm.ts";

async function rollBack(rig: HostRig) {
  const host = await connect(rig.ssh);
  return rollback(host, rig.options()).finally(() => host.close());
}
const limit = (rig: HostRig) => rig.inside("systemctl show -p LimitNOFILE --value mosquitto.service");

export function testRollback(on: OnBoth): void {
  on("rollback puts the configuration back at its cost, and leaves the passwords", async (rig) => {
    const crowd = gatherCrowd(rig);
    await addDevice(rig, "soil-stolen");
    await rig.converge();
    const withStolen = rig.site();
    const before = await limit(rig);
    await planFor(rig, 90);
    await removeDevice(rig, "soil-stolen");
    await rig.converge();
    expect(await limit(rig)).not.toBe(before);

    await crowd.join("soil-north-1");
    expect(await rollBack(rig)).toEqual({ effect: "restart", dropped: 1, trips: 2 });
    expect(await limit(rig)).toBe(before);
    expect(await gatherCrowd({ ...rig, site: () => withStolen }).attempt("soil-stolen")).toBe("not authorised");
    expect(await crowd.attempt("soil-north-2")).toBe("accepted");
    await expectDenial(rig);
    await crowd.disperse();

    await expect(rollBack(rig)).rejects.toMatchObject({
      exitCode: 1,
      message: `${rig.guest.address} keeps no configuration before the one in force`,
    });
    expect(await rig.converge()).toMatchObject({ changed: ["broker"], effect: "restart" });
    expect(await limit(rig)).not.toBe(before);
    await expectSettled(rig);
  });
}
