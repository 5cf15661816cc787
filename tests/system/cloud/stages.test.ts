// The stages around the address, on real guests behind an API that speaks as DigitalOcean's: in the order of a droplet's life.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MqttClient } from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pinOf } from "../../../remote/digitalocean/pins.ts";
import { type CloudRig, DOMAIN, startCloudRig } from "./stages/rig.ts";

let rig: CloudRig;
let blue: number;
beforeAll(async () => {
  rig = await startCloudRig();
});
afterAll(() => rig?.stop());

const done = { exitCode: 0 };
const _serialOf = (id: number) =>
  rig.inside(id, "openssl x509 -in /etc/mosquitto/bednet/tls/server.pem -noout -serial");
const report = async () => JSON.parse(await readFile(join(rig.folder, ".bednet/report.json"), "utf8"));

/** Messages until nothing more comes. */
async function _heard(client: MqttClient): Promise<string[]> {
  const messages: string[] = [];
  client.on("message", (topic, payload) => messages.push(`${topic} ${payload}`));
  await sleep(1_500);
  return messages.sort();
}

test("first deploy: everything but the certificate before the address, the rest after it", async () => {
  blue = await rig.droplet();
  const before = await rig.before(blue);
  expect(before).toMatchObject(done);
  expect(before.stderr).toContain(
    `No certificate yet: it is asked for when ${rig.reserved} leads to droplet ${blue}.\n`,
  );
  expect(await pinOf(rig.api, blue)).toMatchObject({ fingerprint: rig.guest(blue).hostKey.fingerprint });
  expect(await rig.inside(blue, "ls /var/log/letsencrypt/letsencrypt.log 2>/dev/null || true")).toBe("");

  await rig.assign(blue);
  const after = await rig.after(blue);
  expect(after).toMatchObject(done);
  expect(after.stderr).toMatch(/^ +\d+\.\d s {2}converged droplet \d+: \d of 6 steps, \d round trips$/m);
  expect(await report()).toMatchObject({ exitCode: 0, target: { domain: DOMAIN, address: rig.reserved } });
});

test("run again, both change nothing", async () => {
  const pid = await rig.inside(blue, "systemctl show -p MainPID --value mosquitto.service");
  expect(await rig.before(blue)).toMatchObject({
    ...{ exitCode: 0, stdout: "" },
    stderr: `Droplet ${blue} holds ${rig.reserved} already: the stage after the address does the rest.\n`,
  });
  const after = await rig.after(blue);
  expect(after).toMatchObject(done);
  expect(after.stderr).toContain(`converged droplet ${blue}: 0 of 6 steps, 1 round trips`);
  expect(await rig.inside(blue, "systemctl show -p MainPID --value mosquitto.service")).toBe(pid);
});
