// A broker that is full, with more clients at the door: it saves, rotates, reloads and is converged, and nobody notices.

import { readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MONITOR } from "../../fleet/access.ts";
import { planFleet } from "../../fleet/plan.ts";
import { run } from "../../sandbox/command.ts";
import { type Crowd, gatherCrowd, joinAll } from "./crowd.ts";
import { type HostRig, startHostRig } from "./rig.ts";

const yaml = `name: cap
broker: { domain: mqtt.farm.example.com, tls: { issuer: letsencrypt } }
capacity: { devices: 40, retainedTopics: 40 }
host: { provider: existing, address: 203.0.113.20, adminCidrs: [203.0.113.7/32] }
classes:
  soil: { hardware: esp32, publish: ["soil/{device}/up"], subscribe: ["soil/{device}/down"] }
  valve: { hardware: esp8266, publish: ["valve/{device}/up"], subscribe: ["valve/{device}/down"] }
`;
const csv = ["id,class", ...Array.from({ length: 40 }, (_, i) => `soil-${i + 1},soil`)].join("\n");
/** awk's words: a container's root may lack what prlimit needs. */
const softLimitOf = "awk '/^Max open files/ { print $4 }'";
const ACL = "etc/mosquitto/bednet/acl";
const BESIEGERS = 10;

describe.each(["bookworm", "trixie"] as const)("a broker at its connection cap on %s", (release) => {
  let rig: HostRig;
  let crowd: Crowd;
  let pid: string;
  /** Of `LimitNOFILE`: the cap, and what a reload may borrow. */
  let limits: { soft: number; hard: number };
  let further: string;
  let liftSiege: () => void;
  /** One writes what the other reads, when the grants allow both. */
  let writer: MqttClient;
  let reader: MqttClient;
  const heard: string[] = [];

  beforeAll(async () => {
    rig = await startHostRig({ release, yaml, csv });
    await rig.converge();
    // From its first reload on, mosquitto 2.0 ignores max_connections: only what holds after one is a limit.
    await rig.inside("systemctl reload mosquitto.service");
    pid = await brokerPid();

    const mosquittoVersion = (await rig.preview()).observed.mosquittoVersion!;
    const plan = planFleet(rig.site().fleet, { mosquittoVersion });
    limits = { soft: plan.fileDescriptors.value, hard: plan.fileDescriptorsHard.value };
    const places = plan.maxConnections.value + plan.loopbackConnections.value;
    const { fleet, lock } = rig.site();
    const probes = lock.lines.map(({ name }) => name).filter((name) => name.startsWith("bednet-probe-"));
    const outside = [...fleet.devices.map(({ id }) => id), ...probes].slice(0, places);
    further = outside.pop()!;
    crowd = gatherCrowd(rig);
    await crowd.joinLoopback(MONITOR);
    // The firewall holds each source address below the cap, so it takes two to fill it.
    const second = await secondAddress(rig);
    await joinAll(crowd, outside.slice(0, 40));
    await joinAll(crowd, outside.slice(40), second);
    [writer, reader] = [crowd.client("soil-1"), crowd.client("soil-2")];
    reader.on("message", (_topic, payload) => heard.push(payload.toString()));
    await reader.subscribeAsync("extra/x", { qos: 1 });
    liftSiege = besiege(rig.guest.address);
  });
  afterAll(async () => {
    liftSiege?.();
    await crowd?.disperse();
    await rig?.stop();
  });

  const brokerPid = async () => (await rig.inside("systemctl show -p MainPID --value mosquitto.service")).trim();
  const full = { lost: [], pid: true, answering: true, limit: true, intruders: 0, further: "no room" };
  /** `no room` also says that the door is open: behind a shut one there is no answer at all. */
  async function state() {
    return {
      lost: crowd.lost,
      pid: (await brokerPid()) === pid,
      answering: (await crowd.answering()) === crowd.size,
      limit: (await softLimit()) === limits.soft,
      intruders: await intruders(),
      further: await crowd.attempt(further),
    };
  }
  /** Connections from outside that stayed and are nobody's of ours; those of the besiegers come and go. */
  async function intruders(): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let look = 0; look < 20 && least > 0; look += 1) {
      least = Math.min(least, (await crowd.established()) - (crowd.size - 1));
    }
    return least;
  }
  const softLimit = async () => Number(await rig.inside(`${softLimitOf} /proc/${pid}/limits`));
  const reload = () => rig.inside("systemctl reload mosquitto.service");

  /** What the grants let the held clients do right now, seen from outside. */
  async function grantOfExtra(): Promise<"written and read" | "denied"> {
    const token = `token ${Math.random()}`;
    const code = await writer.publishAsync("extra/x", token, { qos: 1 }).then(
      () => 0,
      (error: { code?: unknown }) => error.code,
    );
    await sleep(200);
    const isRead = heard.includes(token);
    if (code === 0 && isRead) return "written and read";
    if (code === 135 && !isRead) return "denied";
    throw new Error(`publish ended with ${code}, and it was ${isRead ? "" : "not "}read`);
  }
  const grants = (...lines: readonly string[]) => editAcl(join(rig.guest.root, ACL), lines);

  test("it holds exactly as many as planned, and refuses the next one", async () => {
    expect(await state()).toEqual(full);
  });

  test("it saves", async () => {
    const token = `saved at the cap ${release}`;
    await writer.publishAsync("soil/soil-1/up", token, { qos: 1, retain: true });
    expect(await crowd.attempt(further)).toBe("no room");
    const saved = () => rig.inside(`grep -sc '${token}' /var/lib/mosquitto/mosquitto.db || true`);
    expect(await saved()).not.toBe("1\n");
    await rig.inside(`kill -USR1 ${pid}`);
    await expect.poll(saved).toBe("1\n");
    expect(await state()).toEqual(full);
  });

  test("it rotates its log, and writes on in the new one", async () => {
    const log = "/var/log/mosquitto/mosquitto.log";
    const before = await rig.inside(`stat -c %i ${log}`);
    expect(await crowd.attempt(further)).toBe("no room");
    await rig.inside("logrotate -f /etc/logrotate.d/mosquitto");
    await expect.poll(() => rig.inside(`stat -c %i ${log}`)).not.toBe(before);
    expect(await state()).toEqual(full);
    expect(await rig.inside(`grep -c 'denied access by tcpd' ${log}`)).not.toBe("0\n");
  });

  test("it reloads unchanged, more and fewer grants, each in force at once", async () => {
    await reload();
    expect([await grantOfExtra(), await state()]).toEqual(["denied", full]);
    await grants("user soil-1", "topic write extra/x", "user soil-2", "topic read extra/x");
    await reload();
    expect([await grantOfExtra(), await state()]).toEqual(["written and read", full]);
    await grants();
    await reload();
    expect([await grantOfExtra(), await state()]).toEqual(["denied", full]);
  });

  test("it is converged, and the proof finds a place", async () => {
    const publish = ["soil/{device}/up", "extra/{device}"];
    const topic = "extra/soil-1";
    await rig.change((fleet) => ({
      ...fleet,
      classes: { ...fleet.classes, soil: { ...fleet.classes.soil!, publish } },
    }));
    await expect(writer.publishAsync(topic, "x", { qos: 1 })).rejects.toMatchObject({ code: 135 });
    expect(await rig.converge()).toMatchObject({ effect: "reload", dropped: 0 });
    await writer.publishAsync(topic, "x", { qos: 1 });
    expect(await state()).toEqual(full);
  });

  test("it recovers by itself when the reload script is killed half-way, and no one slips in", async () => {
    // The script and the flock around it, not the undo that it left behind.
    const door = await rig.inside(`systemctl reload --no-block mosquitto.service
      tries=0
      until [ "$(${softLimitOf} /proc/${pid}/limits)" -eq ${limits.hard} ]; do
        tries=$((tries + 1)); [ $tries -lt 200 ] || exit 1; sleep 0.02
      done
      kill -KILL $(pgrep -f 'lib/bednet/reload( reload)?$')
      nft list set inet bednet_door shut`);
    expect(door).toContain("elements = { 8883 ");
    await expect.poll(softLimit, { timeout: 15_000 }).toBe(limits.soft);
    await expect.poll(() => crowd.attempt(further), { timeout: 15_000 }).toBe("no room");
    expect(await state()).toEqual(full);
  });

  test("its door is open: a place that is given up is the next one's", async () => {
    liftSiege();
    await crowd.leave("soil-40");
    await expect.poll(() => crowd.attempt(further)).toBe("accepted");
    await crowd.join("soil-40");
    expect(await state()).toEqual(full);
    await reload();
    expect(await state()).toEqual(full);
  });
});

/** Another address of this machine on the guest's cable; it goes with the cable. */
async function secondAddress({ guest }: HostRig): Promise<string> {
  const address = guest.gateway.replace(/^198\.19\./, "198.18.");
  await run(["ip", "addr", "add", `${address}/32`, "dev", guest.name.replace("-", "")]);
  return address;
}

/** In place, so that owner and mode stay; without lines: as it was. */
async function editAcl(file: string, lines: readonly string[]): Promise<void> {
  const mark = "# added by a test\n";
  const [own] = (await readFile(file, "utf8")).split(mark);
  await writeFile(file, lines.length === 0 ? own! : `${own}${mark}${lines.map((line) => `${line}\n`).join("")}`);
}

/** Sockets that ask again as soon as they are turned away, as locked-out devices do. */
function besiege(address: string): () => void {
  const sockets = new Set<net.Socket>();
  const timer = setInterval(() => {
    for (let i = sockets.size; i < BESIEGERS; i += 1) {
      const socket = net.connect(8883, address);
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
  }, 50);
  return () => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  };
}
