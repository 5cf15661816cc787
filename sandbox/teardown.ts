// Takes everything of one run away, whatever of it there is; the same script at the end, after a failure and in a later sweep.
import { spawnSync } from "node:child_process";
import { forChildren, runAny } from "./command.ts";
import { leaseOf, type RunRecord, recordText, STATE, STATE_LOCK } from "./lease.ts";

/**
 * $1 number, $2 run folder, $3 state folder, $4 the record of the run that is meant: another run may have the number by
 * now. Prints one line per thing it could not undo. Processes are found by the namespace and the cgroup they live in and by
 * `pid start-time` lines in $2/processes (0 would be a process that we cannot see, and to kill it would kill us); a zombie only waits for its parent and counts as ended.
 */
const script = `
n=$1 folder=$2 state=$3
could_not() { echo "could not $*"; }
[ "$(cat "$folder/run.json" 2>/dev/null)" = "$4" ] || exit 0
started() { sed -n 's/.*) \\([^Z]\\)/\\1/p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
with_children() {
  echo "$1"
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do with_children "$child"; done
}
pids() {
  ip netns pids "bednet-$n" 2>/dev/null
  cat $(find /sys/fs/cgroup -maxdepth 2 -path "*/bednet-$n" -exec find {} -name cgroup.procs ';' 2>/dev/null) </dev/null 2>/dev/null
  [ -f "$folder/processes" ] && while read -r pid start; do
    [ "$(started "$pid")" = "$start" ] && with_children "$pid"
  done <"$folder/processes"
  return 0
}
for try in $(seq 100); do
  left=$(pids | grep -vx 0)
  [ -z "$left" ] && break
  kill -KILL $left 2>/dev/null
  sleep 0.02
done
[ -n "$left" ] && could_not "end processes $left"
while grep -q " $folder/merged " /proc/self/mounts; do
  umount "$folder/merged" 2>/dev/null || umount -l "$folder/merged" || { could_not "unmount $folder/merged"; break; }
done
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
  cgroup=$hierarchy/bednet-$n
  for try in $(seq 50); do
    [ -d "$cgroup" ] || break
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.02
  done
  [ -d "$cgroup" ] && could_not "remove cgroup $cgroup"
done
if [ -e "/run/netns/bednet-$n" ]; then ip netns del "bednet-$n" || could_not "remove namespace bednet-$n"; fi
if ip link show "bednet$n" >/dev/null 2>&1; then ip link del "bednet$n" 2>/dev/null; fi
if ip link show "bednet$n" >/dev/null 2>&1; then could_not "remove interface bednet$n"; fi
if nft list table ip "bednet_nat_$n" >/dev/null 2>&1; then
  nft delete table ip "bednet_nat_$n" || could_not "remove nft table bednet_nat_$n"
fi
if [ -f "$folder/firewall" ]; then
  nft -a list ruleset | awk -v mark="comment \\"bednet-$n\\"" '
    $1 == "table" { table = $2 " " $3 }
    $1 == "chain" { chain = $2 }
    index($0, mark) { print "delete rule", table, chain, "handle", $NF }' | nft -f - || could_not "take bednet$n out of the firewall"
fi
rm -rf --one-file-system "$folder" || could_not "remove $folder"
# The last one puts forwarding back, if it was us who switched it on since this boot.
was=$state/ip_forward.was
if [ -f "$was" ] && [ -z "$(ls "$state/runs")" ]; then
  if [ "$(cat "$was")" = "$(cat /proc/sys/kernel/random/boot_id)" ]; then
    echo 0 >/proc/sys/net/ipv4/ip_forward || could_not "put net.ipv4.ip_forward back to 0"
  fi
  rm -f "$was"
fi
exit 0
`;

/** The run's number, and its record if it lived long enough to write one. */
export interface Doomed {
  readonly number: number;
  readonly record: RunRecord | undefined;
}

const argvOf = ({ number, record }: Doomed): [string, ...string[]] => {
  const { folder } = leaseOf(number);
  const expected = record === undefined ? "" : recordText(record);
  return ["flock", STATE_LOCK, "sh", "-c", script, "bednet-teardown", String(number), folder, STATE, expected];
};

/** What could not be undone, in words; empty when nothing is left. */
export async function tearDown(run: Doomed): Promise<string[]> {
  const { stdout, stderr } = await runAny(argvOf(run));
  return linesOf(stdout, stderr);
}

/** The same without the event loop, for the moment the process ends. */
export function tearDownNow(run: Doomed): string[] {
  // A session of its own: the next Ctrl-C of an impatient terminal must not end the clearing up.
  const { stdout, stderr } = spawnSync("setsid", ["--wait", ...argvOf(run)], {
    encoding: "utf8",
    env: forChildren(process.env),
  });
  return linesOf(stdout, stderr);
}

function linesOf(stdout: string, stderr: string): string[] {
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.length === 0 ? [] : [...lines, ...stderr.split("\n").filter((line) => line !== "")];
}
