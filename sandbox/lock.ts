// One at a time across processes: flock(1) holds the lock for as long as we live, so kill -9 frees it too.
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { forChildren, killGroup } from "./command.ts";

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once when somebody else holds the lock. */
  readonly onWait?: () => void;
}

export async function withLock<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const release = await hold(file, options);
  try {
    return await work();
  } finally {
    release();
  }
}

/** The helper ends when its stdin does: when we release, and when we die. */
function hold(file: string, { signal, onWait }: LockOptions): Promise<() => void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const script = "flock -n 9 || { echo waiting; flock 9; }; echo held; exec cat >/dev/null";
    const holder = spawn("sh", ["-c", `exec 9>>"$0"; ${script}`, file], {
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
      env: forChildren(process.env),
    });
    const give = (): void => killGroup(holder.pid, "SIGKILL");
    signal?.addEventListener("abort", give, { once: true });
    holder.stdin.on("error", () => {});
    holder.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("waiting")) onWait?.();
      if (!text.includes("held")) return;
      signal?.removeEventListener("abort", give);
      resolve(() => holder.stdin.end());
    });
    holder.on("error", reject);
    holder.on("close", () => reject(signal?.aborted ? signal.reason : new Error(`lost the lock ${file}`)));
  });
}
