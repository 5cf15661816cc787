// A broker at its connection cap, reloaded in every way that may go wrong. Runs in a network and mount namespace of its
// own (see reload-script.test.ts), so that its nft tables and lock are nobody else's, and prints what it saw as JSON.
import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  attempt,
  besiege,
  broker,
  bundle,
  door,
  dropped,
  hard,
  leave,
  lock,
  login,
  out,
  pid,
  plan,
  publish,
  soft,
  softLimit,
} from "./broker-at-cap.ts";

const folder = await mkdtemp(join(tmpdir(), "bednet-reload-"));
const script = join(folder, "reload");
await writeFile(script, bundle.at("/usr/local/lib/bednet/reload").content);
await chmod(script, 0o755);
const acl = `${broker.facts.paths.broker}/acl`;

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
    dropped: dropped(),
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
    dropped: dropped(),
  };

  // And the next one finds nothing in its way.
  stopSiege = besiege();
  seen.afterwards = {
    exit: await reload().done,
    extra: await publish(soil, "extra/x"),
    limit: softLimit() - soft,
    door: door(),
    dropped: dropped(),
  };
  stopSiege();
  await leave(...held, health);
  // Refusals are what the cap is for; a file that could not be opened is not.
  seen.log = (await readFile(broker.logFile, "utf8"))
    .split("\n")
    .filter((line) => /Error: |Unable to (?!accept)/.test(line));
} finally {
  await broker.stop();
  await rm(folder, { recursive: true, force: true });
}
console.log(JSON.stringify(seen));
