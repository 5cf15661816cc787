// A machine without room or without a network: what a rehearsal says, and that nothing of it is left.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runAny } from "../../sandbox/command.ts";
import { canRehearse } from "../../sandbox/requirements.ts";

const root = resolve(import.meta.dirname, "../..");
const verdict = await canRehearse();
let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "bednet-cache-"));
});
afterAll(() => rm(cache, { recursive: true }));

/**
 * Without a network, with disks of $1 and $2, and twice: the second run must not stumble over the first. Prints what is left.
 * Low numbers are taken, since cgroups are the one thing that this machine has in common with the real one.
 */
const poor = `
mount -t tmpfs -o size=$1 tmpfs /var/lib/bednet && mount -t tmpfs -o size=$2 tmpfs "$XDG_CACHE_HOME" && mount -t tmpfs tmpfs /run || exit
shift 2
boot=$(cat /proc/sys/kernel/random/boot_id)
for n in $(seq 0 99); do
  mkdir -p /var/lib/bednet/runs/$n
  echo '{"number":'$n',"owner":{"pid":1,"startTime":"0","bootId":"'$boot'"},"kept":true}' >/var/lib/bednet/runs/$n/run.json
done
"$@" 2>/dev/null
"$@"
code=$?
ls /var/lib/bednet/runs | grep -vxE '[0-9]{1,2}'
find "$XDG_CACHE_HOME" -mindepth 2 ! -name '*.lock'
ip link | grep bednet
exit $code
`;

async function rehearse(stateSize: string, cacheSize: string): Promise<string> {
  const words = ["rehearse", "--on", "debian-12", "--fleet", join(root, "examples/small-farm/fleet.yaml")];
  const bednet = [process.execPath, join(root, "cli/bin.mjs"), ...words];
  const { exitCode, stdout, stderr } = await runAny(
    ["unshare", "--net", "--mount", "bash", "-c", poor, "bednet-poor", stateSize, cacheSize, ...bednet],
    { env: { ...process.env, XDG_CACHE_HOME: cache, NODE_DISABLE_COMPILE_CACHE: "1" } },
  );
  expect([exitCode, stdout]).toEqual([1, ""]);
  return stderr.trim().split("\n").slice(-2).join("\n");
}

describe.runIf(verdict.ok)("a rehearsal without", () => {
  test("a network", async () => {
    expect(await rehearse("1G", "1G")).toMatch(
      /^could not build a Debian 12 base from (\S+): Failed getting release file \1\/dists\/bookworm\/Release\nCheck that this machine reaches the mirror, then run the command again; the unfinished base was removed\.$/,
    );
  });

  test("room for a host", async () => {
    expect(await rehearse("50M", "1G")).toMatch(
      /^\/var\/lib\/bednet has 5\d MB free, and a throw-away host takes 400 MB\nMake room there\. Then run the command again; nothing was begun\.$/,
    );
  });

  test("room for a base", async () => {
    expect(await rehearse("1G", "50M")).toMatch(
      /^\S+\/bednet has 5\d MB free, and a Debian 12 base takes 500 MB\nMake room there, or name another folder in XDG_CACHE_HOME\. Then run the command again; nothing was begun\.$/,
    );
  });
});
