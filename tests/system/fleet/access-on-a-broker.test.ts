// Does a real Mosquitto read our ACL lines as the oracle of the unit tests does?
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { afterEach, expect, it } from "vitest";
import { accessOf, principalsOf } from "../../../fleet/access.ts";
import type { Fleet } from "../../../fleet/schema.ts";
import { aclText, mayDo } from "../../unit/fleet/acl-oracle.ts";
import { sampleFleet } from "../../unit/fleet/sample.ts";

const valve = '  valve: { hardware: esp8266, publish: ["farm/{device}/state"], subscribe: ["farm/{device}/open"] }\n';
const csv = "id,class\nsoil-1,sensor\nsoil-2,sensor\n";
const fleets: Record<string, Fleet> = {
  patterns: sampleFleet(
    { 'subscribe: ["farm/#"]': 'subscribe: ["#", "$SYS/#"], publish: ["+/+/command", "a b/c"]' },
    csv,
  ),
  sections: sampleFleet(
    { "services:": `${valve}services:`, '{ subscribe: ["farm/#"] }': '{ publish: ["#"] }' },
    `${csv}valve-1,valve\n`,
  ),
};

const clients: MqttClient[] = [];
let broker: ChildProcess | undefined;
let folder: string | undefined;
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  if (broker?.exitCode === null && broker.kill()) await once(broker, "exit");
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** Names alone are believed here: who somebody is is not what this test is about. */
async function startBroker(acl: string): Promise<number> {
  const port = await freePort();
  folder = mkdtempSync(join(tmpdir(), "bednet-acl-"));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "acl"), acl, { mode: 0o644 });
  writeFileSync(
    join(folder, "conf"),
    `allow_anonymous true\nacl_file ${folder}/acl\nlog_dest stderr\nlistener ${port} 127.0.0.1\n`,
  );
  broker = spawn("mosquitto", ["-c", join(folder, "conf")], { stdio: ["ignore", "ignore", "pipe"] });
  for await (const chunk of broker.stderr!) {
    if (String(chunk).includes("running")) break;
    if (String(chunk).includes("Error")) throw new Error(String(chunk));
  }
  return port;
}

async function login(port: number, username: string): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    username,
    clientId: username,
    protocolVersion: 5,
    reconnectPeriod: 0,
  });
  client.on("error", () => {});
  clients.push(client);
  return client;
}

async function publishes(client: MqttClient, topic: string): Promise<boolean> {
  return client.publishAsync(topic, "x", { qos: 1 }).then(
    (packet) => (packet as { reasonCode?: number } | undefined)?.reasonCode !== 135,
    (error: { code?: number }) => {
      if (error.code === 135) return false;
      throw error;
    },
  );
}

it.each(Object.keys(fleets))("a broker with %s allows and denies what the oracle says", async (name) => {
  const fleet = fleets[name]!;
  const access = accessOf(fleet);
  const port = await startBroker(`${aclText(access)}user trusted\ntopic readwrite #\n`);
  const principals = principalsOf(fleet).filter((one) => !/-probe-[2-8]-/.test(one.name));
  const topics = [
    ...principals.flatMap((one) => [
      ...["moisture", "command", "state", "open"].map((word) => `farm/${one.name}/${word}`),
      ...["a", "b"].flatMap((probes) => ["up", "down"].map((way) => `bednet/probe/${probes}/${one.name}/${way}`)),
    ]),
    ...["farm", "a b/c", "x/y/command", "bednet/health/ping", "bednet/x/command"],
  ];
  const trusted = await login(port, "trusted");
  const wrong: string[] = [];
  for (const principal of principals) {
    const client = await login(port, principal.name);
    const heard = new Set<string>();
    client.on("message", (topic) => heard.add(topic));
    const own = await Promise.all(topics.map((topic) => publishes(client, topic)));
    await client.subscribeAsync(["#", "$SYS/broker/version"]);
    await Promise.all(topics.map((topic) => publishes(trusted, topic)));
    const due = topics.filter((topic) => mayDo(access, principal.name, "read", topic));
    for (let waited = 0; waited < 100 && !due.every((topic) => heard.has(topic)); waited++) await pause(50);
    await pause(50);
    for (const [index, topic] of topics.entries()) {
      const may = {
        write: mayDo(access, principal.name, "write", topic),
        read: mayDo(access, principal.name, "read", topic),
      };
      if (own[index] !== may.write) wrong.push(`${principal.name} write ${topic}: ${own[index]}`);
      if (heard.has(topic) !== may.read) wrong.push(`${principal.name} read ${topic}: ${heard.has(topic)}`);
    }
    const system = "$SYS/broker/version";
    if (heard.has(system) !== mayDo(access, principal.name, "read", system))
      wrong.push(`${principal.name} read ${system}`);
    await client.endAsync(true);
  }
  expect(wrong).toEqual([]);
});
