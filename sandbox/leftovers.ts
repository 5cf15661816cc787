// Whatever on this machine still carries a rehearsal's name although no rehearsal owns it.
import { readdir, readFile } from "node:fs/promises";
import { run } from "./command.ts";
import { RUNS, STATE } from "./lease.ts";
import { listRuns } from "./runs.ts";

/** In words, one thing each; empty when the machine is as if we had never been here (the cache apart). */
export async function leftovers(): Promise<string[]> {
  const owned = new Set(listRuns().flatMap(({ state, number }) => (state === "dead" ? [] : [number])));
  const running = await commandLines();
  const found = [
    ...listRuns().map(({ number }) => ["run folder", number] as const),
    ...numbered("mount", await readFile("/proc/self/mounts", "utf8"), new RegExp(` ${RUNS}/(\\d+)/`, "g")),
    ...numbered("network namespace", (await names("/run/netns")).join("\n"), /^bednet-(\d+)$/gm),
    ...numbered("interface", (await names("/sys/class/net")).join("\n"), /^bednet(\d+)$/gm),
    ...numbered("nft table", await run(["nft", "list", "tables"]), /bednet_nat_(\d+)/g),
    ...numbered("firewall rule", await run(["nft", "list", "ruleset"]), /comment "bednet-(\d+)"/g),
    ...numbered(
      "cgroup",
      await run(["find", "/sys/fs/cgroup", "-maxdepth", "2", "-name", "bednet-*"]),
      /bednet-(\d+)/g,
    ),
    ...numbered("process", running, processes),
    ...byAddress("process", running, /^pebble-challtestsrv .* 198\.19\.(\d+)\.(\d+):/gm),
    ...byAddress("/etc/hosts line", await readFile("/etc/hosts", "utf8"), /^\s*198\.19\.(\d+)\.(\d+)\s/gm),
  ];
  const things = found
    .filter(([, number]) => !owned.has(number))
    .map(([what, number]) => `${what} of bednet-${number}`);
  const files = await names(STATE);
  if (owned.size === 0 && files.includes("ip_forward.was")) things.push("net.ipv4.ip_forward, still switched on");
  return things;
}

function numbered(what: string, text: string, pattern: RegExp): (readonly [string, number])[] {
  return [...text.matchAll(pattern)].map((match) => [what, Number(match[1])] as const);
}

/** For what carries the run's address and not its name. */
function byAddress(what: string, text: string, pattern: RegExp): (readonly [string, number])[] {
  return [...text.matchAll(pattern)].map(([, c, d]) => [what, Number(c) * 64 + Math.floor(Number(d) / 4)] as const);
}

/** Only what a run starts: somebody's ssh to a guest names its folder too. */
const processes = new RegExp(`^(?:systemd-nspawn|pebble|sh -c .* bednet-daemon) .*${RUNS}/(\\d+)`, "gm");

async function commandLines(): Promise<string> {
  const pids = (await names("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.map((line) => line.replaceAll(/[\0\n]/g, " ")).join("\n");
}

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
