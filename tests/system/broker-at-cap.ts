// A real broker whose descriptors are its connection cap, and clients that fill it, stay, knock and are counted when cut off.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import { FleetKey, keyOf, passwordOf } from "../../fleet/credentials.ts";
import { parseFleet } from "../../fleet/load.ts";
import { updateLock } from "../../fleet/lock.ts";
import { planFleet } from "../../fleet/plan.ts";
import { makeAuthority } from "../../sandbox/authority.ts";
import { startBroker } from "../../sandbox/broker.ts";
import { type Bundle, makeBundle } from "../../templates/bundle.ts";

const domain = "mqtt.example.com";
const yaml = `name: cap
broker: { domain: ${domain}, tls: { issuer: letsencrypt } }
capacity: { devices: 40 }
host: { provider: existing, address: 203.0.113.20, adminCidrs: [203.0.113.7/32] }
classes:
  soil: { hardware: esp32, publish: ["soil/{device}/up"] }
  valve: { hardware: esp32, publish: ["valve/{device}/up"] }
`;
const csv = ["id,class", ...Array.from({ length: 40 }, (_, i) => `soil-${i + 1},soil`)].join("\n");
const key = FleetKey.generate();
const fleet = parseFleet({ yaml, yamlFile: "fleet.yaml", csv, csvFile: "devices.csv" });
export const { lock } = updateLock(fleet, undefined, key);
const authority = await makeAuthority({ name: "cap root" });
const { fullchainPem, privateKeyPem } = await authority.issue({ names: [domain] });

let made: Bundle | undefined;
export const broker = await startBroker({
  bundleFor: (facts) => {
    const plan = planFleet(fleet, { mosquittoVersion: facts.mosquittoVersion, ipv6: facts.ipv6 });
    made = makeBundle({ fleet, plan, lock, facts });
    return made;
  },
  certificate: { chain: fullchainPem, key: privateKeyPem },
});
export const bundle = made!;
export const plan = planFleet(fleet, { mosquittoVersion: broker.facts.mosquittoVersion, ipv6: broker.facts.ipv6 });
export const soft = plan.fileDescriptors.value;
export const hard = plan.fileDescriptorsHard.value;
export const pid = String(broker.pid);

export const out = (command: string, ...args: string[]) => spawnSync(command, args, { encoding: "utf8" });
// As the broker's user, as the script does: this machine may be a container whose root cannot.
out(
  "setpriv",
  "--reuid",
  broker.facts.user,
  "--regid",
  broker.facts.group,
  "--clear-groups",
  "prlimit",
  "--pid",
  pid,
  `--nofile=${soft}:${hard}`,
);

export const softLimit = () => Number(/^Max open files +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))![1]);
export const door = () => {
  const { status, stdout } = out("nft", "list", "set", "inet", "bednet_door", "shut");
  if (status !== 0) return "no door";
  return stdout.includes("elements") ? "shut" : "open";
};

let losses = 0;
let leaving = false;
/** Clients that were cut off and had not left by themselves. */
export const dropped = (): number => losses;

export function login(name: string, place: "tls" | "loopback"): Promise<MqttClient> {
  const client = mqtt.connect({
    ...(place === "tls"
      ? { protocol: "mqtts", host: broker.address, port: broker.port }
      : { protocol: "mqtt", host: "127.0.0.1", port: broker.loopbackPort }),
    servername: domain,
    ca: authority.rootPem,
    protocolVersion: 5,
    clientId: name,
    username: name,
    password: passwordOf(keyOf(key, name), name, 1).reveal(),
    reconnectPeriod: 0,
    connectTimeout: 3000,
  });
  return new Promise((resolve, reject) => {
    client.once("connect", () => {
      client.on("close", () => {
        if (!leaving) losses += 1;
      });
      resolve(client);
    });
    client.on("error", reject);
    client.once("close", () => reject(new Error("closed")));
  });
}

/** Leaves of one's own accord, and counts as no loss. */
export async function leave(...clients: readonly MqttClient[]): Promise<void> {
  leaving = true;
  await Promise.all(clients.map((client) => client.endAsync(true)));
  await sleep(200);
  leaving = false;
}

export const attempt = (name: string) =>
  login(name, "tls").then(
    async (client) => {
      await leave(client);
      return "accepted";
    },
    (error: Error) => (/timeout/i.test(error.message) ? "no answer" : "refused"),
  );
export const publish = (client: MqttClient, topic: string) =>
  client.publishAsync(topic, "x", { qos: 1 }).then(
    () => "allowed",
    (error: { code?: number }) => `denied ${error.code}`,
  );

/** Sockets that ask again and again, as locked-out devices do. */
export function besiege(): () => void {
  const sockets = new Set<net.Socket>();
  const timer = setInterval(() => {
    for (let i = sockets.size; i < 20; i += 1) {
      const socket = net.connect(broker.port, broker.address);
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
