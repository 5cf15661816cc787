// Runs a program of this machine, in a session of its own, so that Ctrl-C reaches us and never half of our children.
import { spawn } from "node:child_process";

export type Argv = readonly [string, ...string[]];

export interface CommandOptions {
  readonly stdin?: string;
  readonly signal?: AbortSignal | undefined;
  readonly env?: NodeJS.ProcessEnv;
  /** Each line of stdout and stderr as it arrives. */
  readonly onLine?: (line: string) => void;
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** null: killed by a signal. */
  readonly exitCode: number | null;
}

/** A program that had to succeed and did not. */
export class CommandFailed extends Error {
  override name = "CommandFailed";
  readonly ended: Ended;

  constructor(argv: Argv, ended: Ended) {
    const tail = (ended.stderr.trim() || ended.stdout.trim()).split("\n").slice(-12).join("\n  ");
    super(`${argv.join(" ")} ended with ${ended.exitCode ?? "a signal"}:\n  ${tail}`);
    this.ended = ended;
  }
}

/** Resolves however it ended; rejects when it cannot be started, or with the signal's reason after it is gone. */
export function runAny(argv: Argv, options: CommandOptions = {}): Promise<Ended> {
  const { signal } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      env: forChildren(options.env ?? process.env),
    });
    let killTimer: NodeJS.Timeout | undefined;
    const kill = (): void => {
      killGroup(child.pid, "SIGTERM");
      killTimer = setTimeout(() => killGroup(child.pid, "SIGKILL"), 5_000);
    };
    signal?.addEventListener("abort", kill, { once: true });
    const text = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      let rest = "";
      child[stream].setEncoding("utf8").on("data", (chunk: string) => {
        text[stream] += chunk;
        if (!options.onLine) return;
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        for (const line of lines) options.onLine(line);
      });
    }
    const done = (): void => {
      clearTimeout(killTimer);
      signal?.removeEventListener("abort", kill);
    };
    child.on("error", (error) => {
      done();
      reject(error);
    });
    child.on("close", (exitCode) => {
      done();
      if (signal?.aborted) reject(signal.reason);
      else resolve({ ...text, exitCode });
    });
    child.stdin.on("error", () => {}); // it may end without reading
    child.stdin.end(options.stdin ?? "");
  });
}

/** Its stdout, or CommandFailed. */
export async function run(argv: Argv, options: CommandOptions = {}): Promise<string> {
  const ended = await runAny(argv, options);
  if (ended.exitCode !== 0) throw new CommandFailed(argv, ended);
  return ended.stdout;
}

/**
 * What a program of this machine inherits: no setting of ours, since BEDNET_KEY is every password of a fleet; and a PATH
 * with the folders that root's own lacks after a plain `su`.
 */
export function forChildren(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !name.startsWith("BEDNET_"));
  const path = `${env.PATH ?? "/usr/local/bin:/usr/bin:/bin"}:/usr/local/sbin:/usr/sbin:/sbin`;
  return { ...Object.fromEntries(others), PATH: path };
}

export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
