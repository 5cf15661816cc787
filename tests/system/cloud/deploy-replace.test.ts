// bednet replace: what a new droplet takes over, what happens when it fails its checks, and the way back.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../../sandbox/command.ts";
import type { Guest } from "../../../sandbox/guest.ts";
import type { Ran } from "../../unit/cli/run.ts";
import { type DeployRig, missingProvider, startDeployRig } from "./deploy-rig.ts";

const missing = await missingProvider();

describe.skipIf(missing !== undefined)("with the real provider", () => {
  let rig: DeployRig;
  let blue: number;
  let address: string;
  beforeAll(async () => {
    rig = await startDeployRig("debian-12-x64");
    expect(await deploy()).toMatchObject(done);
    [blue, address] = [rig.holder()!, rig.address()];
  });
  afterAll(() => rig?.stop());

  const done = { exitCode: 0 };
  const deploy = () => rig.bednet(["deploy", "--auto-approve"]);
  const replace = (...more: string[]) => rig.bednet(["replace", "--auto-approve", ...more]);
  const droplets = () => rig.api.cloud.droplets.map(({ id }) => id);
  const serial = () => rig.inside("openssl x509 -in /etc/mosquitto/bednet/tls/server.pem -noout -serial");
  const toTrixie = (text: string) => text.replace("debian-12-x64", "debian-13-x64");

  const durable = { clean: false, properties: { sessionExpiryInterval: 86_400 } };
  async function tell(device: string, topic: string, text: string, retain = false): Promise<void> {
    const client = await rig.login(device);
    await client.publishAsync(`farm/${device}/${topic}`, text, { qos: 1, retain });
    await client.endAsync();
  }

  test("an image in fleet.yaml changes nothing before a replacement is asked for", async () => {
    await rig.fleet(toTrixie);
    const ran = await rig.bednet(["drift"]);
    expect(ran.stdout).not.toContain("digitalocean_droplet");
    expect(droplets()).toEqual([blue]);
  });

  /** Its plain port answers as soon as it has booted: one check fails, and nothing of bednet's is touched. */
  async function spoilNext(replacing: Promise<Ran>): Promise<Guest> {
    let over = false;
    void replacing.finally(() => {
      over = true;
    });
    for (;;) {
      const next = droplets().find((id) => id !== blue);
      if (next !== undefined) {
        const guest = await rig.guest(next);
        const trap =
          "table ip trap { chain in { type nat hook prerouting priority -100; tcp dport 1883 redirect to :22; }; }";
        await run(["ip", "netns", "exec", guest.name, "nft", trap]);
        return guest;
      }
      if (over) throw new Error((await replacing).stderr);
      await sleep(100);
    }
  }

  test("a new droplet that fails its checks does not get the address; the old one goes on serving", async () => {
    const client = await rig.login("soil-north-1");
    let lost = false;
    client.on("close", () => {
      lost = true;
    });
    const replacing = replace();
    const green = await spoilNext(replacing);
    const ran = await replacing;
    expect(ran).toMatchObject({ exitCode: 1 });
    expect(ran.stdout).toContain("replace  digitalocean_droplet.droplet\n");
    expect(ran.stdout).toContain(
      "Clients  replace: the one connected client moves to the new droplet when it has proved itself\n",
    );
    expect(ran.stderr).toContain("FAIL  plain-port: ");
    expect(ran.stderr).toContain(`${address} stays at droplet ${blue}, which goes on serving.`);
    expect([rig.holder(), droplets().length, green.release, lost]).toEqual([blue, 2, "trixie", false]);
    await client.endAsync();
  });

  test("who is revoked meanwhile is refused by the droplet that serves", async () => {
    await rig.devices((text) => text.replace("valve-south,valve\n", ""));
    const ran = await deploy();
    expect(ran).toMatchObject({ exitCode: 1 });
    expect([rig.holder(), droplets().length]).toEqual([blue, 2]);
    await expect(rig.login("valve-south")).rejects.toMatchObject({ code: 135 });
    await (await rig.login("valve-north")).endAsync();
    const ahead = await rig.bednet(["drift"]);
    expect(ahead).toMatchObject({ exitCode: 1 });
    expect(ahead.stdout).toContain("Runs     preflight, before-address, after-address\n");
  });

  test("given up, the old droplet stays and there is nothing more to do", async () => {
    const ran = await replace("--abort");
    expect(ran).toMatchObject(done);
    expect(ran.stdout).toContain(`The replacement is given up; droplet ${blue} serves as before.\n`);
    expect([rig.holder(), droplets()]).toEqual([blue, [blue]]);
    expect(await rig.bednet(["drift"])).toMatchObject(done);
    expect(await deploy()).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Nothing to change\.\n/) });
    expect(await replace("--abort")).toMatchObject({ exitCode: 1, stdout: "" });
  });

  test("replaced: messages, queues, certificate and address are as they were", async () => {
    const dashboard = await rig.login("dashboard", durable);
    await dashboard.subscribeAsync(["farm/+/moisture", "farm/+/status"], { qos: 1 });
    await dashboard.endAsync();
    await tell("soil-north-1", "status", "kept", true);
    await tell("soil-north-1", "moisture", "queued");
    const before = await serial();
    const ran = await replace();
    expect(ran).toMatchObject(done);
    expect(ran.stderr).toMatch(/The address moved at most \d+ s after the old droplet's database was taken over/);
    const green = rig.holder()!;
    expect([green === blue, droplets(), rig.address()]).toEqual([false, [green], address]);
    expect((await rig.guest()).release).toBe("trixie");
    expect(await serial()).toBe(before);

    const messages: string[] = [];
    let isPresent = false;
    const again = await rig.login("dashboard", durable, (client) => {
      client.on("connect", ({ sessionPresent }) => {
        isPresent = sessionPresent;
      });
      client.on("message", (topic, payload) => messages.push(`${topic} ${payload}`));
    });
    await sleep(1_500);
    await again.endAsync();
    const { properties } = durable;
    const fresh = await rig.login("dashboard", {
      clean: true,
      properties: { ...properties, sessionExpiryInterval: 0 },
    });
    const retained: string[] = [];
    fresh.on("message", (topic, payload) => retained.push(`${topic} ${payload}`));
    await fresh.subscribeAsync("farm/+/status", { qos: 1 });
    await sleep(1_000);
    await fresh.endAsync();
    expect({ isPresent, messages: messages.sort(), retained }).toEqual({
      isPresent: true,
      messages: ["farm/soil-north-1/moisture queued", "farm/soil-north-1/status kept"],
      retained: ["farm/soil-north-1/status kept"],
    });
    await expect(rig.login("valve-south")).rejects.toMatchObject({ code: 135 });
    expect(await rig.bednet(["drift"])).toMatchObject(done);
  });

  test("one that is switched off is told of, and can be replaced", async () => {
    const [lost, before] = [rig.holder()!, await serial()];
    await rig.client.act(`/v2/droplets/${lost}`, { type: "power_off" });
    for (const look of [() => rig.bednet(["drift"]), deploy]) {
      const ran = await look();
      expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
      expect(ran.stderr).toContain(`droplet ${lost} holds the address and is off: nobody is served
Switch it on (doctl compute droplet-action power-on ${lost}), or build another in its place: \`bednet replace\`, which then starts without its certificate, retained messages and queues. Nothing was changed.
`);
    }
    expect(await replace()).toMatchObject(done);
    expect([droplets().includes(lost), rig.address()]).toEqual([false, address]);
    expect(await serial()).not.toBe(before);
  });

  test("destroyed, it leaves neither droplets nor pins; and no secret was seen anywhere", async () => {
    expect(await rig.bednet(["destroy", "--auto-approve"])).toMatchObject(done);
    expect([droplets(), rig.api.cloud.tags, rig.api.cloud.reserved]).toEqual([[], [], []]);
    expect(rig.leaks).toEqual([]);
    expect([rig.api.cloud.gaps, rig.api.cloud.failures]).toEqual([[], []]);
  });
});
