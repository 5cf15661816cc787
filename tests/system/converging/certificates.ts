// The certificate: renewed without anybody noticing, exchanged for another kind of key, and never half of a pair.
import { expect } from "vitest";
import { gatherCrowd } from "../crowd.ts";
import type { OnBoth } from "../on-both.ts";
import { brokerPid, expectDenial, expectSettled, rotateLogs, served, withKeyType } from "./farm.ts";

export function testCertificates(on: OnBoth): void {
  on("a renewal with the same kind of key is a reload, and converge has nothing to do then", async (rig) => {
    const [pid, before] = [await brokerPid(rig), await served(rig)];
    const crowd = gatherCrowd(rig);
    await crowd.join("soil-north-1");
    await rig.inside("cp -a /etc/mosquitto/bednet/tls/server.pem /run/older.pem");
    // Due, since it ends within 9999 days. certbot reads this above the first section only.
    await rig.inside("sed -i '1i renew_before_expiry = 9999 days' /etc/letsencrypt/renewal/bednet.conf");
    await rig.inside("systemctl start certbot.service");
    await rig.inside("sed -i /renew_before_expiry/d /etc/letsencrypt/renewal/bednet.conf");
    const after = await served(rig);
    expect(after.serial).not.toBe(before.serial);
    await expectSettled(rig);

    // A hook that was killed: the lineage is newer than what the broker has.
    await rig.inside("cp -a /run/older.pem /etc/mosquitto/bednet/tls/server.pem; systemctl reload mosquitto");
    expect(await served(rig)).toEqual(before);
    expect(await rig.preview()).toMatchObject({ effect: "reload", clients: 1 });
    expect(await rig.converge()).toMatchObject({ changed: ["certificate"], effect: "reload" });
    expect(await served(rig)).toEqual(after);
    expect(await brokerPid(rig)).toBe(pid);
    expect(await crowd.answering()).toBe(1);
    await crowd.disperse();
  });

  on("a certificate that nothing would renew is asked for anew, and renews from then on", async (rig) => {
    const before = await served(rig);
    await rig.inside("rm /etc/letsencrypt/renewal/bednet.conf");
    expect(await rig.preview()).toMatchObject({ effect: "reload" });
    expect(await rig.converge()).toMatchObject({ changed: ["certificate"], effect: "reload" });
    expect((await served(rig)).serial).not.toBe(before.serial);
    await rig.inside(
      "test -e /etc/letsencrypt/renewal/bednet.conf && ! test -e /etc/letsencrypt/renewal/bednet-0001.conf",
    );
    await expectSettled(rig);
  });

  on("another kind of key is a restart, and is what the broker serves then", async (rig) => {
    for (const keyType of ["rsa", "ecdsa"] as const) {
      const pid = await brokerPid(rig);
      await withKeyType(rig, keyType);
      expect(await rig.preview()).toMatchObject({ effect: "restart" });
      expect(await rig.converge()).toMatchObject({ effect: "restart" });
      expect((await served(rig)).keyType).toBe(keyType);
      expect(await brokerPid(rig)).not.toBe(pid);
    }
    await expectSettled(rig);
  });

  on("a key that does not belong to the chain is never installed", async (rig) => {
    const [pid, before] = [await brokerPid(rig), await served(rig)];
    await rig.inside(`cp -L /etc/letsencrypt/live/bednet/privkey.pem /run/key.pem
      openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 >"$(readlink -f /etc/letsencrypt/live/bednet/privkey.pem)"`);
    await expect(rig.converge()).rejects.toMatchObject({
      exitCode: 1,
      message: `${rig.guest.address}: step certificate failed with exit code 1
  bednet deploy-hook: /etc/letsencrypt/live/bednet/fullchain.pem and /etc/letsencrypt/live/bednet/privkey.pem do not belong together; the broker keeps its old certificate
  the certificate could not be installed; the broker keeps the one it has`,
    });
    await rotateLogs(rig);
    await expectDenial(rig);
    expect(await served(rig)).toEqual(before);
    expect(await brokerPid(rig)).toBe(pid);
    await rig.inside('cat /run/key.pem >"$(readlink -f /etc/letsencrypt/live/bednet/privkey.pem)"; rm /run/key.pem');
    await expectSettled(rig);
  });
}
