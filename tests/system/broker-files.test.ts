// What mosquitto reads, asked of mosquitto: it starts without a word of complaint, and lets each say and hear what is granted.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyOf, passwordOf } from "../../fleet/credentials.ts";
import { DOMAIN, type Rig, type Style, startRig } from "./broker-rig.ts";

const people = `people: { ana: { publish: ["soil/note"], subscribe: ["soil/#"] } }\n`;
const probe = (part: string): string => `bednet-probe-1-${part}`;
const own = (part: string, tree: "a" | "b", leaf: string): string => `bednet/probe/${tree}/${probe(part)}/${leaf}`;

/** Who publishes what, and whether it is let through: every kind of principal with what is its own and what is not. */
const publishes: readonly (readonly [string, string, "yes" | "no"])[] = [
  ["soil-1", "soil/soil-1/up", "yes"],
  ["soil-1", "soil/soil-1/down", "no"],
  ["soil-1", "soil/soil-2/up", "no"],
  ["soil-1", "valve/soil-1/up", "no"],
  ["dashboard", "soil/soil-1/down", "yes"],
  ["dashboard-2", "soil/soil-2/down", "yes"],
  ["dashboard", "soil/dashboard/up", "no"],
  ["dashboard", "bednet/probe/a/dashboard/up", "no"],
  ["ana", "soil/note", "yes"],
  ["ana", "soil/ana/up", "no"],
  ["ana", "soil/soil-1/up", "no"],
  ["bednet-monitor", "bednet/health/host", "yes"],
  ["bednet-monitor", "soil/bednet-monitor/up", "no"],
  ["bednet-watch", "bednet/health/host", "no"],
  ["bednet-watch", "$SYS/broker/uptime", "no"],
  [probe("device"), own("device", "a", "up"), "yes"],
  [probe("device"), own("neighbour", "a", "up"), "no"],
  [probe("device"), `soil/${probe("device")}/up`, "no"],
  [probe("stranger"), own("stranger", "b", "up"), "yes"],
  [probe("stranger"), own("stranger", "a", "up"), "no"],
  [probe("watcher"), own("device", "a", "down"), "yes"],
  [probe("watcher"), "soil/soil-1/up", "no"],
];

/** Everybody asks for everything; what arrives is exactly what was granted and published. */
const hears: Readonly<Record<string, readonly string[]>> = {
  "soil-1": ["soil/soil-1/down"],
  dashboard: ["soil/note", "soil/soil-1/down", "soil/soil-1/up", "soil/soil-2/down"],
  "dashboard-2": ["soil/note", "soil/soil-1/down", "soil/soil-1/up", "soil/soil-2/down"],
  ana: ["soil/note", "soil/soil-1/down", "soil/soil-1/up", "soil/soil-2/down"],
  "bednet-monitor": ["$SYS", "bednet/health/host"],
  "bednet-watch": ["$SYS", "bednet/health/host"],
  [probe("device")]: [own("device", "a", "down")],
  [probe("neighbour")]: [],
  [probe("stranger")]: [],
  [probe("watcher")]: ["$SYS", own("device", "a", "down"), own("device", "a", "up"), own("stranger", "b", "up")],
};

/** Monitors come in by loopback, everybody else by TLS. */
function login({ broker, key, target }: Rig, name: string): Promise<MqttClient> {
  const monitor = name === "bednet-monitor" || name === "bednet-watch";
  const place = monitor
    ? { protocol: "mqtt" as const, host: "127.0.0.1", port: broker.loopbackPort }
    : { protocol: "mqtts" as const, host: broker.address, port: broker.port, servername: DOMAIN, ca: target.trust! };
  const password = passwordOf(keyOf(key, name), name, 1).reveal();
  const client = mqtt.connect({
    ...place,
    protocolVersion: 5,
    clientId: name,
    username: name,
    password,
    reconnectPeriod: 0,
  });
  return new Promise((resolve, reject) => {
    client.once("connect", () => resolve(client));
    client.once("error", reject);
    client.once("close", () => reject(new Error(`${name}: the broker closed the connection`)));
  });
}

/** What a second start of the same files says before it opens its log. It ends at the ports, which are taken. */
async function startUpWords({ broker }: Rig): Promise<string> {
  const program = spawn("mosquitto", ["-c", `${dirname(dirname(broker.logFile))}/mosquitto.conf`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  program.stderr.on("data", (data) => (said += data));
  await once(program, "close");
  return said.replaceAll(/.*Error: Address already in use\n/g, "");
}

describe.each<Style>(["patterns", "sections"])("grants as %s", (style) => {
  let rig: Rig;
  const clients = new Map<string, MqttClient>();
  const heard = new Map<string, Set<string>>();

  beforeAll(async () => {
    rig = await startRig(style, { fleet: (yaml) => yaml + people });
    for (const name of Object.keys(hears)) {
      const client = await login(rig, name);
      const topics = new Set<string>();
      client.on("message", (topic) => topics.add(topic.startsWith("$SYS/") ? "$SYS" : topic));
      await client.subscribeAsync(["#", "$SYS/#"], { qos: 1 });
      clients.set(name, client);
      heard.set(name, topics);
    }
  });

  afterAll(async () => {
    for (const client of clients.values()) client.end(true);
    await rig?.broker.stop();
  });

  test("the broker starts without an error or a warning", async () => {
    const log = await readFile(rig.broker.logFile, "utf8");
    expect(log).toContain(" running\n");
    const said = `${log}${await startUpWords(rig)}`;
    expect(said.split("\n").filter((line) => /error|warning|deprecated|removing|duplicate|unable/i.test(line))).toEqual(
      [],
    );
  });

  test("each may say what is granted, and nothing else", async () => {
    const seen: (readonly [string, string, string])[] = [];
    for (const [name, topic] of publishes) {
      const done = clients.get(name)!.publishAsync(topic, "x", { qos: 1 });
      seen.push([
        name,
        topic,
        await done.then(
          () => "yes",
          (error: { code?: number }) => (error.code === 135 ? "no" : String(error)),
        ),
      ]);
    }
    expect(seen).toEqual(publishes);
  });

  test("each hears what is granted, and nothing else", async () => {
    // The tree $SYS comes with the subscription or with its next interval of ten seconds.
    for (let i = 0; i < 120 && !heard.get("bednet-watch")!.has("$SYS"); i += 1) await sleep(100);
    await sleep(500);
    const all = Object.keys(hears).map((name) => [name, [...heard.get(name)!].sort()]);
    expect(Object.fromEntries(all)).toEqual(
      Object.fromEntries(Object.entries(hears).map(([name, topics]) => [name, [...topics].sort()])),
    );
  });
});
