// The firewall table against real connections from two addresses of a second network namespace. Runs in namespaces of
// its own (see firewall.test.ts) and prints what it saw as JSON.
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import net from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { makeBundle } from "../../templates/bundle.ts";
import { exampleFleet, wantedOf } from "../example-bundle.ts";

const [broker, ssh, web] = [8883, 2222, 80];
const [admin, stranger] = ["198.18.0.2", "198.18.0.3"];
const sh = (script: string) => execFileSync("sh", ["-ec", script], { encoding: "utf8" });
sh(`ip netns add inner
ip link add outside type veth peer name inside
ip link set inside netns inner
ip addr add 198.18.0.1/24 dev outside && ip link set outside up
ip -n inner link set lo up && ip -n inner link set inside up
ip -n inner addr add ${admin}/24 dev inside && ip -n inner addr add ${stranger}/24 dev inside
nft add table inet neighbour && nft add chain inet neighbour kept`);
for (const port of [broker, ssh, web])
  net.createServer((socket) => socket.on("error", () => {}).pipe(socket)).listen(port);

/** The inner half: holds connections and says how each attempt ended. */
const inner = spawn(
  "ip",
  [
    "netns",
    "exec",
    "inner",
    process.execPath,
    "-e",
    `
  const net = require("net"), held = [];
  const dial = (from, port) => new Promise((resolve) => {
    const socket = net.connect({ host: "198.18.0.1", port, localAddress: from });
    const timer = setTimeout(() => { socket.destroy(); resolve("dropped"); }, 700);
    const end = (how) => { clearTimeout(timer); resolve(how); };
    socket.once("connect", () => { held.push(socket); end("open"); });
    socket.on("error", (error) => end(error.code === "ECONNREFUSED" ? "refused" : error.code));
  });
  const echo = (socket) => new Promise((resolve) => {
    if (!socket) return resolve("no connection");
    setTimeout(() => resolve("dead"), 700); socket.once("data", () => resolve("alive")); socket.write("x"); });
  require("readline").createInterface({ input: process.stdin }).on("line", async (line) => {
    const [what, from, port, times] = JSON.parse(line);
    if (what === "close") { for (const socket of held.splice(0)) socket.destroy(); console.log("[]"); }
    else if (what === "echo") console.log(JSON.stringify([await echo(held[0])]));
    else console.log(JSON.stringify(await Promise.all(Array.from({ length: times }, () => dial(from, port)))));
  });`,
  ],
  { stdio: ["pipe", "pipe", "inherit"] },
);
const answers = createInterface({ input: inner.stdout })[Symbol.asyncIterator]();
async function ask(...question: readonly (string | number)[]): Promise<Record<string, number>> {
  inner.stdin.write(`${JSON.stringify(question)}\n`);
  const ends = JSON.parse((await answers.next()).value as string) as string[];
  return Object.fromEntries([...new Set(ends)].sort().map((end) => [end, ends.filter((one) => one === end).length]));
}

const { fleet, lock } = await exampleFleet("small-farm");
const wanted = wantedOf(fleet, lock, "2.0.11");
function load(
  options: {
    connections?: number;
    rate?: number;
    burst?: number;
    admins?: string[];
    firewall?: "guard-ssh" | "cloud";
  } = {},
) {
  const {
    connections = 3,
    rate = 500,
    burst = 500,
    admins = [`${admin}/32`, "2001:db8::/32"],
    firewall = "guard-ssh",
  } = options;
  const figure = (value: number) => ({ value, unit: "connections" as const, arithmetic: "" });
  const plan = {
    ...wanted.plan,
    perSourceConnections: figure(connections),
    perSourceNewPerSecond: figure(rate),
    perSourceBurst: figure(burst),
  };
  const facts = { ...wanted.facts, sshPort: ssh, firewall };
  const bundle = makeBundle({
    ...wanted,
    fleet: { ...fleet, host: { ...fleet.host, adminCidrs: admins } },
    plan,
    facts,
  });
  writeFileSync("/run/firewall.nft", bundle.at("/etc/bednet/firewall.nft").content);
  sh("nft -f /run/firewall.nft");
}

const seen: Record<string, unknown> = {};
try {
  seen.strangerBefore = await ask("dial", stranger, ssh, 1);
  load();
  seen.whatWasOpenStays = await ask("echo");
  seen.admin = await ask("dial", admin, ssh, 1);
  seen.stranger = await ask("dial", stranger, ssh, 1);
  seen.web = await ask("dial", stranger, web, 1);
  load({ admins: [`${stranger}/32`, "198.18.0.0/30"] });
  seen.adminsOverlap = await ask("dial", stranger, ssh, 1);
  load({ admins: [`${stranger}/32`] });
  seen.adminNoMore = await ask("dial", admin, ssh, 1);
  load({ firewall: "cloud" });
  seen.cloud = await ask("dial", admin, ssh, 1);

  seen.five = await ask("dial", admin, broker, 5);
  seen.otherSource = await ask("dial", stranger, broker, 5);
  load();
  seen.countsAreKept = await ask("dial", admin, broker, 2);
  load({ connections: 4 });
  seen.newLimitAtOnce = await ask("dial", admin, broker, 6);
  await ask("close");
  await sleep(200);
  load({ connections: 400, rate: 5, burst: 10 });
  seen.burst = await ask("dial", admin, broker, 40);
  seen.loopback = await new Promise((resolve) =>
    net
      .connect(broker, "127.0.0.1")
      .once("connect", () => resolve("open"))
      .once("error", resolve),
  );
  seen.tables = sh("nft list tables").trim().split("\n").sort();
} finally {
  inner.kill();
}
console.log(JSON.stringify(seen));
process.exit(0);
