// A firewall table that cuts SSH takes itself back, in force and on disk, whoever was killed meanwhile.
import { expect } from "vitest";
import { connect } from "../../../remote/ssh.ts";
import type { OnBoth } from "../on-both.ts";
import type { HostRig } from "../rig.ts";
import { broken } from "./farm.ts";
import { startConverge } from "./killable.ts";

/** In force, and on disk for the next boot. */
const table = (rig: HostRig) =>
  rig.inside("nft -s -t list table inet bednet; nft list set inet bednet admins4; cat /etc/bednet/firewall.nft");

/** A table that lets only somebody else in; the refusal that would stop it is passed by. */
const keepingUsOut = (rig: HostRig) =>
  broken(rig, "/firewall.nft", (text) => text.replace(rig.guest.gateway, "203.0.113.9"));

const canLogIn = (rig: HostRig) =>
  connect({ ...rig.ssh, connectDeadlineMs: 2_000 }).then(
    (host) => host.close().then(() => true),
    () => false,
  );

export function testFirewallUndo(on: OnBoth): void {
  on("a table that keeps the admin out is taken back at once", async (rig) => {
    // Sets of earlier limits stay in a table that is only filled anew.
    await rig.inside("systemctl restart bednet-firewall.service");
    const before = await table(rig);
    const connectAgain = () => connect({ ...rig.ssh, connectDeadlineMs: 2_000 });
    await expect(rig.converge({ ...keepingUsOut(rig), connectAgain })).rejects.toThrow(
      `${rig.guest.address}: step firewall failed with exit code 1
  root@${rig.guest.address}:22: no SSH connection: no answer within 2 s
  no new SSH login got through the new firewall table, so the one before is loaded again`,
    );
    expect(await table(rig)).toBe(before);
    expect(await canLogIn(rig)).toBe(true);
    expect(await rig.converge()).toMatchObject({ changed: [], trips: 1 });
  });

  on("a table that keeps the admin out is taken back also when nobody is left to say so", async (rig) => {
    const before = await table(rig);
    const child = await startConverge(rig, { adminCidrs: ["203.0.113.9/32"] });
    await expect.poll(() => canLogIn(rig), { timeout: 30_000 }).toBe(false);
    child.kill();
    await child.ended;
    // On one the run is there and loses patience; on the other it is killed too, and the timer is all that is left.
    if (rig.guest.release === "bookworm") await rig.inside("systemctl kill --signal=KILL 'bednet-apply-*'");
    expect(await canLogIn(rig)).toBe(false);
    await expect.poll(() => canLogIn(rig), { timeout: 80_000, interval: 2_000 }).toBe(true);
    expect(await table(rig)).toBe(before);
    expect(await rig.converge()).toMatchObject({ changed: [] });
  });
}
