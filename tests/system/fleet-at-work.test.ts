// Two hundred devices stay connected while a device is added and while a certificate is renewed.

import { once } from "node:events";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Crowd, gatherCrowd, joinAll } from "./crowd.ts";
import { type HostRig, startHostRig } from "./rig.ts";

const DEVICES = 200;
const yaml = `name: at-work
broker: { domain: mqtt.farm.example.com, tls: { issuer: letsencrypt } }
capacity: { devices: 220 }
host: { provider: existing, address: 203.0.113.20, adminCidrs: [203.0.113.7/32] }
classes:
  soil: { hardware: esp32, publish: ["soil/{device}/up"], subscribe: ["soil/{device}/down"] }
  valve: { hardware: esp8266, publish: ["valve/{device}/up"], subscribe: ["valve/{device}/down"] }
`;
const names = Array.from({ length: DEVICES }, (_, i) => `soil-${i + 1}`);
const csv = ["id,class", ...names.map((name) => `${name},soil`)].join("\n");

describe.each(["bookworm", "trixie"] as const)("two hundred devices at work on %s", (release) => {
  let rig: HostRig;
  let crowd: Crowd;
  let pid: string;

  const brokerPid = () => rig.inside("systemctl show -p MainPID --value mosquitto.service");

  beforeAll(async () => {
    rig = await startHostRig({ release, yaml, csv });
    await rig.converge();
    crowd = gatherCrowd(rig);
    await joinAll(crowd, names);
    pid = await brokerPid();
  });
  afterAll(async () => {
    await crowd?.disperse();
    await rig?.stop();
  });

  async function expectNobodyLost(): Promise<void> {
    expect(await crowd.answering()).toBe(DEVICES);
    expect(crowd.lost).toEqual([]);
    expect(await brokerPid()).toBe(pid);
  }

  test("they stay while a device is added, which can log in then", async () => {
    await rig.change((fleet) => ({ ...fleet, devices: [...fleet.devices, { id: "valve-1", class: "valve" }] }));
    expect(await crowd.attempt("valve-1")).toBe("not authorised");
    expect(await rig.converge()).toMatchObject({ effect: "reload", dropped: 0, changed: ["applied-lock", "broker"] });
    expect(await crowd.attempt("valve-1")).toBe("accepted");
    await expectNobodyLost();
  });

  test("they stay while the timer's service renews the certificate, which is served then", async () => {
    const before = await servedSerial(rig);
    await rig.inside("systemctl start certbot.service");
    expect(await servedSerial(rig)).toBe(before);

    // Due, since it ends within 9999 days. certbot reads this above the first section only.
    await rig.inside("sed -i '1i renew_before_expiry = 9999 days' /etc/letsencrypt/renewal/bednet.conf");
    await rig.inside("systemctl start certbot.service");
    expect(await servedSerial(rig)).not.toBe(before);
    await expectNobodyLost();
  });

  test("a restart, though, is seen by all of them: the count can count", async () => {
    await rig.inside("systemctl restart mosquitto.service");
    await expect.poll(() => crowd.lost.length).toBe(DEVICES);
    expect(await brokerPid()).not.toBe(pid);
  });
});

async function servedSerial(rig: HostRig): Promise<string> {
  const { fleet, trust: ca } = rig.site();
  const socket = tls.connect({ host: rig.guest.address, port: 8883, servername: fleet.broker.domain, ca });
  await once(socket, "secureConnect");
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}
