// A broker at its connection cap, reloaded in every way that may go wrong. Runs in a network and mount namespace of its
// own (see reload-script.test.ts), so that its nft tables and lock are nobody else's, and prints what it saw as JSON.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
const { lock } = updateLock(fleet, undefined, key);
const authority = await makeAuthority({ name: "cap root" });
const { fullchainPem, privateKeyPem } = await authority.issue({ names: [domain] });

let made: Bundle | undefined;
const broker = await startBroker({
  bundleFor: (facts) => {
    const plan = planFleet(fleet, { mosquittoVersion: facts.mosquittoVersion, ipv6: facts.ipv6 });
    made = makeBundle({ fleet, plan, lock, facts });
    return made;
  },
  certificate: { chain: fullchainPem, key: privateKeyPem },
});
const bundle = made!;
const plan = planFleet(fleet, { mosquittoVersion: broker.facts.mosquittoVersion, ipv6: broker.facts.ipv6 });
const soft = plan.fileDescriptors.value;
const hard = plan.fileDescriptorsHard.value;
const pid = String(broker.pid);
const folder = await mkdtemp(join(tmpdir(), "bednet-reload-"));
const script = join(folder, "reload");
await writeFile(script, bundle.at("/usr/local/lib/bednet/reload").content);
await chmod(script, 0o755);
const acl = `${broker.facts.paths.broker}/acl`;

const out = (command: string, ...args: string[]) => spawnSync(command, args, { encoding: "utf8" });
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

const softLimit = () => Number(/^Max open files +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))![1]);
const door = () => {
  const { status, stdout } = out("nft", "list", "set", "inet", "bednet_door", "shut");
  if (status !== 0) return "no door";
  return stdout.includes("elements") ? "shut" : "open";
};

let dropped = 0;
let leaving = false;
function login(name: string, place: "tls" | "loopback"): Promise<MqttClient> {
  const { promise, resolve, reject } = withResolvers<MqttClient>();
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
  client.once("connect", () => {
    client.on("close", () => {
      if (!leaving) dropped += 1;
    });
    resolve(client);
  });
  client.on("error", reject);
  client.once("close", () => reject(new Error("closed")));
  return promise;
}

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

async function leave(client: MqttClient): Promise<void> {
  leaving = true;
  await client.endAsync(true);
  await sleep(200);
  leaving = false;
}

const attempt = (name: string) =>
  login(name, "tls").then(
    async (client) => {
      await leave(client);
      return "accepted";
    },
    (error: Error) => (/timeout/i.test(error.message) ? "no answer" : "refused"),
  );
const publish = (client: MqttClient, topic: string) =>
  client.publishAsync(topic, "x", { qos: 1 }).then(
    () => "allowed",
    (error: { code?: number }) => `denied ${error.code}`,
  );

function reload(env: NodeJS.ProcessEnv = {}) {
  const child = spawn(script, [], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, MAINPID: pid, ...env },
  });
  let said = "";
  child.stderr.on("data", (data) => (said += data));
  const done = new Promise<string>((resolve) =>
    child.once("close", (code) => resolve(`${code}${said === "" ? "" : ` ${said}`}`)),
  );
  return { child, done };
}

/** Sockets that ask again and again, as locked-out devices do. */
function besiege(): () => void {
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

const seen: Record<string, unknown> = {};
try {
  // One loopback connection is held, the rest of the descriptors are taken from outside.
  const health = await login("bednet-monitor", "loopback");
  const names = lock.lines.map(({ name }) => name).filter((name) => name !== "bednet-monitor");
  const usable = plan.maxConnections.value + plan.loopbackConnections.value;
  const held = await Promise.all(names.slice(0, usable - 1).map((name) => login(name, "tls")));
  const further = names[usable]!;
  seen.held = held.length + 1 === usable;
  seen.further = await attempt(further);

  const soil = held[names.indexOf("soil-1")]!;
  const settled = async (exit: string) => ({
    exit,
    dropped,
    loopback: await publish(health, "bednet/health/x"),
    own: await publish(soil, "soil/soil-1/up"),
    foreign: await publish(soil, "soil/other/up"),
    extra: await publish(soil, "extra/x"),
    limit: softLimit() - soft,
    door: door(),
    further: await attempt(further),
  });

  const granted = await readFile(acl, "utf8");
  const more = granted.replace("\nuser soil-1\n", "\nuser soil-1\ntopic write extra/x\n");
  let stopSiege = besiege();
  seen.unchanged = await settled(await reload().done);
  await writeFile(acl, more);
  seen.more = await settled(await reload().done);
  await writeFile(acl, granted);
  seen.less = await settled(await reload().done);

  await writeFile(acl, more);
  const both = await Promise.all([reload().done, reload().done]);
  seen.twoAtOnce = await settled(both.join(" and "));
  stopSiege();
  await sleep(300);

  // nft is not there at all: the broker reloads none the less.
  await writeFile(acl, granted);
  const noNft = join(folder, "bin");
  out(
    "sh",
    "-c",
    `mkdir ${noNft}; for c in sh sed cut awk grep setpriv prlimit flock sleep setsid kill; do ln -s "$(command -v $c)" ${noNft}/; done`,
  );
  seen.withoutNft = await settled(await reload({ PATH: noNft }).done.then((exit) => exit.split(" ")[0]!));

  // Killed half-way, by the signal that nothing can catch, with all its children.
  await writeFile(acl, more);
  const { child, done } = reload();
  for (let i = 0; i < 200 && (softLimit() !== hard || door() !== "shut"); i += 1) await sleep(20);
  process.kill(-child.pid!, "SIGKILL");
  await done;
  const atKill = { door: door(), limit: softLimit() - soft };
  const killedAt = performance.now();
  await leave(held.pop()!);
  while ((await attempt(further)) !== "accepted" && performance.now() - killedAt < 20_000) await sleep(100);
  const openAgainMs = performance.now() - killedAt;
  while (softLimit() !== soft && performance.now() - killedAt < 20_000) await sleep(100);
  const limitBackMs = performance.now() - killedAt;
  held.push(await login(further, "tls"));
  seen.killed = {
    atKill,
    openAgain: openAgainMs < 9000,
    limitBack: limitBackMs < 14_000,
    further: await attempt(names[usable + 1]!),
    dropped,
  };

  // And the next one finds nothing in its way.
  stopSiege = besiege();
  seen.afterwards = {
    exit: await reload().done,
    extra: await publish(soil, "extra/x"),
    limit: softLimit() - soft,
    door: door(),
    dropped,
  };
  stopSiege();
  leaving = true;
  await Promise.all([...held, health].map((client) => client.endAsync(true)));
  // Refusals are what the cap is for; a file that could not be opened is not.
  seen.log = (await readFile(broker.logFile, "utf8"))
    .split("\n")
    .filter((line) => /Error: |Unable to (?!accept)/.test(line));
} finally {
  await broker.stop();
  await rm(folder, { recursive: true, force: true });
}
console.log(JSON.stringify(seen));
