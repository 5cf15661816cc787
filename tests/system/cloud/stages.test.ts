// The stages around the address, on real guests behind an API that speaks as DigitalOcean's: in the order of a droplet's life.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { MqttClient } from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { arriveScript, carry } from "../../../remote/carry.ts";
import { pinOf, pinTag } from "../../../remote/digitalocean/pins.ts";
import { holderOf } from "../../../remote/digitalocean/reserved-ip.ts";
import { sh } from "../../../remote/sh.ts";
import { watchArguments } from "../converging/arguments.ts";
import { type CloudRig, DOMAIN, startCloudRig } from "./stages-rig.ts";

let rig: CloudRig;
let blue: number;
let green: number;
beforeAll(async () => {
  rig = await startCloudRig();
});
afterAll(() => rig?.stop());

const done = { exitCode: 0 };
const serialOf = (id: number) => rig.inside(id, "openssl x509 -in /etc/mosquitto/bednet/tls/server.pem -noout -serial");
const report = async () => JSON.parse(await readFile(join(rig.folder, ".bednet/report.json"), "utf8"));

/** Messages until nothing more comes. */
async function heard(client: MqttClient): Promise<string[]> {
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
  expect(await pinOf(rig.api, blue)).toMatchObject({ fingerprint: (await rig.guest(blue)).hostKey.fingerprint });
  expect(await rig.inside(blue, "ls /var/log/letsencrypt/letsencrypt.log 2>/dev/null || true")).toBe("");

  await rig.assign(blue);
  const after = await rig.after(blue);
  expect(after).toMatchObject(done);
  expect(after.stderr).toMatch(/^ +\d+\.\d s {2}converged droplet \d+: \d of 6 steps$/m);
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
  expect(after.stderr).toContain(`converged droplet ${blue}: 0 of 6 steps`);
  expect(await rig.inside(blue, "systemctl show -p MainPID --value mosquitto.service")).toBe(pid);
});

const durable = { clean: false, properties: { sessionExpiryInterval: 86_400 } };

/** Subscribes for good, so that what comes is queued while the client is away. */
async function leaveQueue(): Promise<void> {
  const dashboard = await rig.login("dashboard", durable);
  await dashboard.subscribeAsync(["farm/+/moisture", "farm/+/status"], { qos: 1 });
  await dashboard.endAsync();
}

async function tell(device: string, kind: "moisture" | "status", text: string, retain = false): Promise<void> {
  const client = await rig.login(device);
  await client.publishAsync(`farm/${device}/${kind}`, text, { qos: 1, retain });
  await client.endAsync();
}

async function fetched(): Promise<{ isPresent: boolean; messages: string[] }> {
  let isPresent = false;
  const messages: string[] = [];
  const dashboard = await rig.login("dashboard", durable, undefined, (client) => {
    client.on("connect", ({ sessionPresent }) => {
      isPresent = sessionPresent;
    });
    client.on("message", (topic, payload) => messages.push(`${topic} ${payload}`));
  });
  await sleep(1_500);
  await dashboard.endAsync();
  return { isPresent, messages: messages.sort() };
}

test("a replacement takes certificate, retained messages and queues over, while the old one serves", async () => {
  await leaveQueue();
  await tell("soil-1", "status", "kept", true);
  await tell("soil-1", "moisture", "queued");
  const serial = await serialOf(blue);
  const pid = await rig.inside(blue, "systemctl show -p MainPID --value mosquitto.service");

  green = await rig.droplet();
  const before = await rig.before(green);
  expect(before).toMatchObject(done);
  expect(before.stderr).toContain(`converged droplet ${blue}, which serves: nothing to change`);
  expect(await rig.inside(blue, "systemctl show -p MainPID --value mosquitto.service")).toBe(pid);
  expect((await holderOf(rig.api, rig.reserved))?.id).toBe(blue);
  expect(await serialOf(green)).toBe(serial);
  // certbot was not called: it would have left its log.
  expect(await rig.inside(green, "ls /var/log/letsencrypt/letsencrypt.log 2>/dev/null || true")).toBe("");

  await rig.assign(green);
  const after = await rig.after(green);
  expect(after).toMatchObject(done);
  expect(after.stderr).toMatch(
    /^The address moved at most \d+ s after the old droplet's database was taken over: messages/m,
  );
  expect(await fetched()).toEqual({
    isPresent: true,
    messages: ["farm/soil-1/moisture queued", "farm/soil-1/status kept"],
  });
  const dashboard = await rig.login("dashboard");
  await dashboard.subscribeAsync("farm/+/status", { qos: 1 });
  expect(await heard(dashboard)).toEqual(["farm/soil-1/status kept"]);
  await dashboard.endAsync();
  expect((await rig.after(green)).stderr).not.toContain("The address moved");
});

test("the certificate that was taken over renews itself on its new host", async () => {
  const serial = await serialOf(green);
  await rig.inside(green, "sed -i '1i renew_before_expiry = 9999 days' /etc/letsencrypt/renewal/bednet.conf");
  await rig.inside(green, "systemctl start certbot.service");
  await rig.inside(green, "sed -i /renew_before_expiry/d /etc/letsencrypt/renewal/bednet.conf");
  expect(await serialOf(green)).not.toBe(serial);
  expect(await rig.after(green)).toMatchObject(done);
});

test("a database that has served is never replaced by an older one", async () => {
  await rig.assign(blue); // by hand
  await tell("soil-2", "status", "told to the old one", true);
  expect(await rig.before(green)).toMatchObject(done);
  await rig.assign(green);
  const dashboard = await rig.login("dashboard");
  await dashboard.subscribeAsync("farm/+/status", { qos: 1 });
  expect(await heard(dashboard)).toEqual(["farm/soil-1/status kept"]);
  await dashboard.endAsync();
});

/** A stage in a process of its own, killed as soon as it says so. */
async function killedAt(said: string, id: number): Promise<void> {
  const child = rig.child("before-address", id);
  for await (const line of createInterface({ input: child.stderr })) if (line.includes(said)) child.kill("SIGKILL");
}

let next: number;
test("killed at any point and run again, it ends where an undisturbed run ends", async () => {
  next = await rig.droplet();
  const points = [
    "pinned the host key",
    "installing",
    "prepared droplet",
    "took the certificate over",
    "restarting",
    "took retained",
  ];
  for (const point of points) await killedAt(point, next);
  const watched = watchArguments();
  const before = await rig.before(next);
  const seen = await watched.stop();
  expect(before).toMatchObject(done);
  expect(before.stderr).toContain(`converged droplet ${next}: 0 of 6 steps`);
  expect(await rig.inside(next, "ls -d /var/lib/bednet/taken-over.* /run/bednet/incoming.* 2>/dev/null || true")).toBe(
    "",
  );
  expect(await serialOf(next)).toBe(await serialOf(green));
  // The control: what runs inside the guests was among those seen.
  expect(seen.filter((line) => line.includes("take_database_over"))).not.toEqual([]);
  expect(seen.filter((line) => line.includes("PRIVATE KEY") || line.includes("$7$"))).toEqual([]);
});

test("what is carried from host to host arrives as it was, however much it is", async () => {
  const [from, to] = [await rig.connect(green), await rig.connect(next)];
  const send = sh`openssl rand 60000000 | tee /run/sent; sync /run/sent`;
  const { from: sent, to: received } = await carry(
    { host: from, script: send },
    { host: to, script: sh`${arriveScript}\nsleep 1\narrive /run/got` },
    60_000,
  );
  await Promise.all([from.close(), to.close()]);
  expect([sent.exitCode, received.exitCode]).toEqual([0, 0]);
  expect(await rig.inside(next, "sha256sum </run/got; rm /run/got")).toBe(
    await rig.inside(green, "sha256sum </run/sent; rm /run/sent"),
  );
});

test("a stuck replacement leaves the address, refuses who is revoked where it is, and takes a fresher copy when it goes on", async () => {
  // The plain port answers: one check fails, and nothing of bednet's is touched.
  const trap =
    "table ip trap { chain in { type nat hook prerouting priority -100; tcp dport 1883 redirect to :22; }; }";
  await rig.inside(next, `echo '${trap}' | nft -f -`);
  const red = await rig.before(next);
  expect(red).toMatchObject({ exitCode: 1 });
  expect(red.stdout).toContain("plain-port");
  expect(red.stderr).toContain(
    `${rig.reserved} stays at droplet ${green}, which goes on serving. Repair what failed and run \`bednet deploy\` again, or give droplet ${next} up: \`bednet replace --abort\`.\n`,
  );
  expect(await report()).toMatchObject({ exitCode: 1 });

  await tell("soil-2", "status", "last words", true);
  await rig.devices("soil-1,soil-sensor");
  expect(await rig.before(next)).toMatchObject({ exitCode: 1 });
  await expect(rig.login("soil-2")).rejects.toMatchObject({ code: 135 });
  await expect(rig.login("soil-2", {}, (await rig.guest(next)).address)).rejects.toMatchObject({ code: 135 });
  await (await rig.login("soil-1")).endAsync();

  await rig.inside(next, "nft delete table ip trap");
  expect(await rig.before(next)).toMatchObject(done);
  await rig.assign(next);
  expect(await rig.after(next)).toMatchObject(done);
  await rig.api.delete(`/v2/droplets/${green}`);
  green = next;
  const dashboard = await rig.login("dashboard");
  await dashboard.subscribeAsync("farm/+/status", { qos: 1 });
  expect(await heard(dashboard)).toEqual(["farm/soil-1/status kept", "farm/soil-2/status last words"]);
  await dashboard.endAsync();
  expect((await rig.after(green)).stderr).toContain("Removed the pinned host key of droplet");
});

test("a droplet that was lost is replaced like a first one, and one that is switched off gives nothing", async () => {
  const shut =
    "table ip trap { chain in { type filter hook input priority -100; tcp dport 22 reject with tcp reset; }; }";
  await rig.inside(green, `echo '${shut}' | nft -f -`);
  next = await rig.droplet();
  const cut = await rig.before(next);
  expect(cut).toMatchObject({ exitCode: 2, stdout: "" });
  expect(cut.stderr).toMatch(
    new RegExp(`^droplet ${green} holds the address and cannot be reached: root@.*ECONNREFUSED.*$`, "m"),
  );
  expect(cut.stderr).toContain(
    `It may be serving still, so the address was not moved. If it is beyond repair, switch it off (doctl compute droplet-action power-off ${green}) and run the command again: the new droplet then starts without its certificate, retained messages and queues.\n`,
  );
  await rig.switchOff(green);

  // Nobody has met it, and the apply that created it is long over.
  const made = rig.cloud.droplets.find(({ id }) => id === next)!;
  Object.assign(made, { createdAtMs: made.createdAtMs - 31 * 60_000 });
  const { address, hostKey } = await rig.guest(next);
  const stranger = await rig.before(next);
  expect(stranger).toMatchObject({ exitCode: 1 });
  expect(
    stranger.stderr,
  ).toContain(`droplet ${next} at ${address} has no pinned host key; it shows ${hostKey.fingerprint}
Only the apply that creates a droplet trusts what it shows, within 30 minutes. Compare it with what the droplet's console prints for ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub; if it is the same, pin it with doctl compute tag create ${pinTag(next, hostKey.fingerprint)} and run the command again. Nothing was sent.
`);
  expect(await rig.inside(next, "ls /var/lib/bednet 2>/dev/null || true")).toBe("");
  Object.assign(made, { createdAtMs: made.createdAtMs + 31 * 60_000 });

  const before = await rig.before(next);
  expect(before).toMatchObject(done);
  expect(before.stderr).toContain(`Droplet ${green} holds the address and is off: nothing is taken over from it.`);
  expect(before.stderr).toContain("No certificate yet");
  await rig.assign(next);
  expect(await rig.after(next)).toMatchObject(done);
  green = next;
});

test("a changed host key ends everything before anything is sent, with what to do", async () => {
  const { address, hostKey } = await rig.guest(green);
  await rig.inside(
    green,
    "rm /etc/ssh/ssh_host_ed25519_key*; ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key; systemctl restart ssh",
  );
  const [, seen] = /(SHA256:\S+)/.exec(await rig.inside(green, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"))!;
  const tag = (await pinOf(rig.api, green))!.tag;
  const expected = {
    ...{ exitCode: 1, stdout: "" },
    stderr: expect.stringContaining(`root@${address}:22 shows the host key ${seen}, but ${hostKey.fingerprint} is pinned
Somebody may be in between, or the host was rebuilt. If you know that it was rebuilt, delete the tag that pins it (doctl compute tag delete ${tag}) and run the command again: it says how to pin the new one; nothing was sent.
`),
  };
  expect(await rig.after(green)).toMatchObject(expected);
  expect(await rig.bednet("converge")).toMatchObject(expected);

  await rig.api.delete(`/v2/tags/${tag}`);
  const unknown = await rig.bednet("converge");
  expect(unknown).toMatchObject({ exitCode: 1 });
  const [, create] = /doctl compute tag create (\S+) /.exec(unknown.stderr)!;
  await rig.api.post("/v2/tags", { name: create });
  expect(await rig.bednet("converge")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("nothing to change"),
  });
  expect(await rig.bednet("plan", "--host")).toMatchObject(done);
});

test("after the last droplet nothing of ours is left", async () => {
  for (const { id } of [...rig.cloud.droplets]) await rig.api.delete(`/v2/droplets/${id}`);
  expect(await rig.bednet("stage", "unpin")).toMatchObject(done);
  expect(rig.cloud.tags).toEqual(["bednet-small-farm"]);
  expect([rig.cloud.gaps, rig.cloud.failures]).toEqual([[], []]);
});
