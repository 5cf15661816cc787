// Starts systemd-nspawn for a run, in a session and a cgroup of its own.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Argv } from "./command.ts";
import { type Daemon, startDaemon } from "./daemon.ts";
import type { Lease } from "./lease.ts";

/**
 * Without systemd on this machine each guest needs a cgroup made for it, or two of them would share the cgroup
 * "payload" and stop each other's services.
 */
const inOwnCgroup = `
for hierarchy in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
  [ -f "$hierarchy/cgroup.procs" ] || continue
  mkdir -p "$hierarchy/$1" && echo $$ >"$hierarchy/$1/cgroup.procs"
done
shift
exec "$@"
`;

export function startNspawn(lease: Lease, root: string): Promise<Daemon> {
  const managed = existsSync("/run/systemd/system");
  const cgroup = managed ? [] : ["sh", "-c", inOwnCgroup, "bednet-cgroup", lease.name];
  // With systemd here, it gives the guest a scope; --keep-unit would be refused in a user's session.
  const unit = managed ? [] : ["--keep-unit"];
  const nspawn = [
    ...[
      "systemd-nspawn",
      "--quiet",
      "--boot",
      `--directory=${root}`,
      `--machine=${lease.name}`,
      "--register=no",
      ...unit,
    ],
    ...[`--network-namespace-path=/run/netns/${lease.name}`, "--capability=CAP_NET_ADMIN"],
    ...["--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=read-only"],
  ];
  return startDaemon([...cgroup, ...nspawn] as unknown as Argv, {
    log: join(lease.folder, "console.log"),
    runFolder: lease.folder,
    // Its network is its own, so it may tune it; the rest of /proc/sys is this machine's and stays read-only.
    env: { SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network" },
  });
}

/** The guest's own pid 1: the only child that nspawn keeps. */
export async function leaderOf(nspawnPid: number): Promise<number> {
  const children = await readFile(`/proc/${nspawnPid}/task/${nspawnPid}/children`, "utf8");
  return Number(children.trim().split(" ")[0]);
}
