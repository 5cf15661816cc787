// The host goes off and comes back by itself: broker, certificate and packet filter as they were.
import { expect } from "vitest";
import { gatherCrowd } from "../crowd.ts";
import type { OnBoth } from "../on-both.ts";
import { expectSettled, served } from "./farm.ts";

export function testReboot(on: OnBoth): void {
  on("after a reboot everything is back by itself, and converge has nothing to do", async (rig) => {
    const text = () => rig.inside("nft -s -t list table inet bednet");
    await rig.inside("systemctl restart bednet-firewall.service");
    const [table, certificate] = [await text(), await served(rig)];
    await rig.guest.reboot();
    expect(await text()).toBe(table);
    await expect.poll(() => rig.inside("systemctl is-active mosquitto || true"), { timeout: 20_000 }).toBe("active\n");
    expect(await served(rig)).toEqual(certificate);
    expect(await gatherCrowd(rig).attempt("soil-north-1")).toBe("accepted");
    await expectSettled(rig);
  });

  on("a new table that was never confirmed is gone with a reboot", async (rig) => {
    await rig.inside("sed 's/dport 8883/dport 8884/; s/text [0-9a-f]*/text 0123/' /etc/bednet/firewall.nft | nft -f -");
    await rig.guest.reboot();
    expect(await rig.inside("nft list chain inet bednet in")).toContain("dport 8883");
    await expectSettled(rig);
  });
}
