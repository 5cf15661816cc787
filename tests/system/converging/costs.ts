// What a change costs, said before and true afterwards.
import { expect } from "vitest";
import { gatherCrowd } from "../crowd.ts";
import type { OnBoth } from "../on-both.ts";
import { addDevice, brokerPid, expectSettled, planFor, trips } from "./farm.ts";

export function testCosts(on: OnBoth): void {
  on("a new device is a reload that drops nobody, in three trips at most", async (rig) => {
    const crowd = gatherCrowd(rig);
    await crowd.join("soil-north-1");
    const pid = await brokerPid(rig);
    await addDevice(rig, "soil-added");
    expect(await rig.preview()).toMatchObject({ effect: "reload", clients: 1 });
    const count = await trips(rig, async () => {
      expect(await rig.converge()).toMatchObject({
        ...{ changed: ["applied-lock", "broker"], effect: "reload", dropped: 0, trips: 3 },
      });
    });
    expect(count).toBeLessThanOrEqual(3);
    expect(await crowd.attempt("soil-added")).toBe("accepted");
    expect(await crowd.answering()).toBe(1);
    expect(crowd.lost).toEqual([]);
    expect(await brokerPid(rig)).toBe(pid);
    await crowd.disperse();
  });

  on("another limit is a restart, and the clients it drops were counted before", async (rig) => {
    const crowd = gatherCrowd(rig);
    await crowd.join("soil-north-1");
    await crowd.join("soil-north-2");
    await planFor(rig, 30);
    expect(await rig.preview()).toMatchObject({ effect: "restart", clients: 2 });
    const { said, ...converged } = await rig.converge();
    expect(said).toContain("this takes a restart: 2 connected clients are dropped");
    expect(converged).toMatchObject({ changed: ["firewall", "broker"], effect: "restart", dropped: 2 });
    await expect.poll(() => crowd.lost.toSorted()).toEqual(["soil-north-1", "soil-north-2"]);
  });

  on("what somebody edited by hand is put back at what it costs", async (rig) => {
    await rig.inside("echo 'pattern readwrite #' >>/etc/mosquitto/bednet/acl");
    expect(await rig.preview()).toMatchObject({ effect: "reload" });
    expect(await rig.converge()).toMatchObject({ changed: ["broker"], effect: "reload" });

    await rig.inside("sed -i 's/^max_keepalive.*/max_keepalive 60/' /etc/mosquitto/conf.d/bednet-listeners.conf");
    expect(await rig.converge()).toMatchObject({ changed: ["broker"], effect: "restart" });

    await rig.inside("systemctl disable --now mosquitto.service");
    expect(await rig.converge()).toMatchObject({ changed: ["broker"] });

    await rig.inside("chmod 644 /etc/bednet/fleet.lock; nft flush chain inet bednet in");
    expect(await rig.converge()).toMatchObject({ changed: ["firewall", "applied-lock"], effect: "none" });
    await expectSettled(rig);
  });

  on("configuration that somebody put beside ours is refused, and moved aside with --adopt", async (rig) => {
    await rig.inside("printf 'listener 9001 127.0.0.1\\nallow_anonymous true\\n' >/etc/mosquitto/conf.d/mine.conf");
    await expect(rig.converge()).rejects.toThrow(
      "Mosquitto is configured by somebody else: /etc/mosquitto/conf.d/mine.conf",
    );
    expect(await rig.converge({ adopt: true })).toMatchObject({ changed: ["broker"], effect: "restart" });
    expect(await rig.inside("cat /var/lib/bednet/adopted/etc/mosquitto/conf.d/mine.conf")).toContain("listener 9001");
    await expectSettled(rig);
  });
}
