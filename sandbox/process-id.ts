// A process for certain: the pid alone could have been given to another one since.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface ProcessId {
  readonly pid: number;
  /** Linux: clock ticks after boot, field 22 of /proc/PID/stat. Elsewhere the date, as ps prints it. */
  readonly startTime: string;
  readonly bootId: string;
}

/** undefined: no such process, or a zombie that only waits for its parent. */
export function processId(pid: number): ProcessId | undefined {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): ProcessId | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : { pid, startTime: fields[19]!, bootId: bootId() };
  } catch {
    return undefined;
  }
}

/** A date needs no boot to be told apart. */
export function fromPs(pid: number): ProcessId | undefined {
  const { stdout } = spawnSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
  });
  const [state, ...date] = stdout.trim().split(/\s+/);
  return date.length === 0 || state!.startsWith("Z") ? undefined : { pid, startTime: date.join(" "), bootId: "" };
}

export function isAlive(owner: ProcessId): boolean {
  const now = processId(owner.pid);
  return now?.startTime === owner.startTime && now.bootId === owner.bootId;
}

export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
