// Building the shared base, in a cache of the test's own: killed in the middle, and asked for twice at once.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leftovers } from "../../sandbox/leftovers.ts";
import { canRehearse } from "../../sandbox/requirements.ts";
import { startVictim } from "./sandbox-victim-rig.ts";

const verdict = await canRehearse();
let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "bednet-cache-"));
});
afterAll(() => rm(cache, { recursive: true }));

const start = () => startVictim(["bookworm"], { XDG_CACHE_HOME: cache });
const kept = async (end: string): Promise<string[]> =>
  (await readdir(join(cache, "bednet"))).filter((name) => new RegExp(`^base-bookworm-[0-9a-f]{8}${end}$`).test(name));

/** Processes and mounts that name our cache. */
async function users(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n");
  return [...lines, ...mounts].filter((line) => line.includes(cache));
}

describe.runIf(verdict.ok)("the shared base", () => {
  test("Ctrl-C in the middle of debootstrap leaves no process, no mount and nothing half-built", async () => {
    const victim = start();
    await victim.hears(/building: (extracting|unpacking|configuring)/);
    expect(await kept("\\.building")).toHaveLength(1); // the control: there was something to remove
    expect(await users()).not.toEqual([]);
    victim.signal("SIGINT");
    expect(await victim.ended).toBe(130);
    expect(await users()).toEqual([]);
    expect(await kept("(\\.building)?")).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  test("kill -9 ends debootstrap too, and what it left is never taken for a base", async () => {
    const victim = start();
    await victim.hears(/building: (extracting|unpacking|configuring)/);
    victim.signal("SIGKILL");
    expect(await victim.ended).toBe(null);
    await sleep(500);
    expect(await users()).toEqual([]);
    expect(await kept("\\.building")).toHaveLength(1);
    expect(await kept("")).toEqual([]);
  });

  test("two runs at once build it once, and the one who waits says so", async () => {
    const runs = [start(), start()];
    for (const run of runs) await run.hears(/up bednet-/);
    const said = runs.map((run) => run.said());
    expect(said.filter((text) => text.includes("building a Debian 12 base"))).toHaveLength(1);
    expect(said.filter((text) => text.includes("waiting for another run that builds Debian 12"))).toHaveLength(1);
    for (const run of runs) run.signal("SIGINT");
    for (const run of runs) expect(await run.ended).toBe(130);
    expect([await kept(""), await kept("\\.building")].map((names) => names.length)).toEqual([1, 0]);
    expect(await leftovers()).toEqual([]);
  });
});
