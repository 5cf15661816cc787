// Starts systemd-nspawn for a run, in a session and a cgroup of its own.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Lease } from "./lease.ts";

export interface Nspawn {
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly gone: Promise<void>;
  /** The file with what the guest printed on its console. */
  readonly console: string;
}

/**
 * Notes itself before anything else, so that a sweep finds it after kill -9. Without systemd on this machine each guest
 * needs a cgroup of its own, or two of them would share the cgroup "payload" and stop each other's services.
 */
const launcher = `
folder=$1 name=$2
shift 2
echo "$$ $(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20)" >>"$folder/processes"
if [ ! -d /run/systemd/system ]; then
  for hierarchy in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
    [ -f "$hierarchy/cgroup.procs" ] || continue
    mkdir -p "$hierarchy/$name" && echo $$ >"$hierarchy/$name/cgroup.procs"
  done
fi
exec "$@"
`;

export async function startNspawn(lease: Lease, root: string): Promise<Nspawn> {
  const console = join(lease.folder, "console.log");
  const log = openSync(console, "a", 0o600);
  const child = spawn("sh", ["-c", launcher, "bednet-nspawn", lease.folder, lease.name, ...argv(lease, root)], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const gone = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await new Promise<void>((resolve, reject) => child.on("spawn", resolve).on("error", reject));
  child.unref();
  return { pid: child.pid!, gone, console };
}

const argv = (lease: Lease, root: string): string[] => [
  ...["systemd-nspawn", "--quiet", "--boot", `--directory=${root}`, `--machine=${lease.name}`],
  // A machine that runs systemd gives the guest a scope of its own; there --keep-unit is refused in a user's session.
  ...["--register=no", ...(existsSync("/run/systemd/system") ? [] : ["--keep-unit"])],
  ...[`--network-namespace-path=/run/netns/${lease.name}`, "--resolv-conf=off", "--timezone=off", "--link-journal=no"],
  ...["--capability=CAP_NET_ADMIN", "--console=read-only"],
];

/** The guest's own pid 1: the only child that nspawn keeps. */
export async function leaderOf(nspawnPid: number): Promise<number> {
  const children = await readFile(`/proc/${nspawnPid}/task/${nspawnPid}/children`, "utf8");
  return Number(children.trim().split(" ")[0]);
}
