// A program that runs beside us until it is told to end, noted in the run folder so that a sweep finds it after kill -9.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Argv, forChildren, killGroup } from "./command.ts";

export interface Daemon {
  readonly pid: number;
  /** File with everything it printed. */
  readonly log: string;
  /** Resolves when it has ended, for whatever reason. */
  readonly gone: Promise<void>;
  readonly ended: boolean;
  stop(): Promise<void>;
}

export interface DaemonOptions {
  readonly log: string;
  /** The run it belongs to, which takes it along; without one it ends with us. */
  readonly runFolder?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

/** `pid start-time`, before anything else happens: the line that teardown looks for. */
const noteAndRun = `echo "$$ $(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20)" >>"$1/processes" && shift && exec "$@"`;
const patienceMs = 5_000;

export async function startDaemon(argv: Argv, { log, runFolder, env }: DaemonOptions): Promise<Daemon> {
  const whole: string[] =
    runFolder === undefined
      ? ["setpriv", "--pdeathsig", "KILL", ...argv]
      : ["sh", "-c", noteAndRun, "bednet-daemon", runFolder, ...argv];
  const file = openSync(log, "a", 0o600);
  const child = spawn(whole[0]!, whole.slice(1), {
    detached: true,
    stdio: ["ignore", file, file],
    env: forChildren({ ...process.env, ...env }),
  });
  closeSync(file);
  let ended = false;
  const gone = new Promise<void>((resolve) =>
    child.on("close", () => {
      ended = true;
      resolve();
    }),
  );
  await new Promise<void>((resolve, reject) => child.on("spawn", resolve).on("error", reject));
  child.unref();
  return {
    pid: child.pid!,
    log,
    gone,
    get ended() {
      return ended;
    },
    stop: async () => {
      if (ended) return;
      killGroup(child.pid, "SIGTERM");
      const late = new AbortController();
      await Promise.race([gone, sleep(patienceMs, undefined, { signal: late.signal }).catch(() => {})]);
      late.abort();
      if (!ended) killGroup(child.pid, "SIGKILL");
      await gone;
    },
  };
}
