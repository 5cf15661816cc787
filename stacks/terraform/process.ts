// Runs Terraform so that no signal ruins its state and no hung request lasts for ever.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openSpool } from "./spool.ts";

export interface TerraformRun {
  /** Empty where it went through a spool. */
  readonly stdout: string;
  readonly stderr: string;
  /** null: it had to be killed. */
  readonly exitCode: number | null;
}

export interface RunOptions {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted: Terraform is asked once to stop, and killed when it does not. */
  readonly signal: AbortSignal;
  readonly stdin?: string;
  /** Then what it says goes through a file of this name, in its folder. */
  readonly spool?: { readonly name: string; readonly onLine: (line: string) => void };
  /** How long Terraform may take to stop: it writes its state and waits for requests that are under way. */
  readonly stopMs?: number;
}

/** terraform, or what TERRAFORM_BINARY_NAME says, such as tofu. */
export const binaryOf = (env: NodeJS.ProcessEnv): string => env.TERRAFORM_BINARY_NAME || "terraform";

const STOP_MS = 30_000;

/**
 * Resolves when it has ended, in whatever way, and what it had started is killed; rejects with ENOENT where there is no Terraform.
 * A second signal makes Terraform leave at once and truncate a local state, so it gets a process group of its own, out of
 * the terminal's reach, and one signal; SIGKILL leaves the state whole (docs/measurements.md#terraform).
 */
export function runTerraform(argv: readonly string[], options: RunOptions): Promise<TerraformRun> {
  const { folder, env, signal, stdin, stopMs = STOP_MS } = options;
  return new Promise((resolve, reject) => {
    const spool = options.spool && openSpool(join(folder, options.spool.name), options.spool.onLine);
    const child = spawn(binaryOf(env), argv, {
      cwd: folder,
      env: { ...env, CI: "true", TF_INPUT: "0", TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" },
      detached: true,
      stdio: ["pipe", spool?.fd ?? "pipe", spool?.fd ?? "pipe"],
    });
    child.stdin!.on("error", () => {}); // it may end without reading
    child.stdin!.end(stdin ?? "");
    let said = "";
    let complaints = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      complaints += chunk;
    });
    const over = new AbortController();
    const stop = async (): Promise<void> => {
      if (child.pid !== undefined) kill(child.pid, "SIGINT");
      await sleep(stopMs, undefined, { signal: over.signal });
      if (child.pid !== undefined) kill(-child.pid, "SIGKILL");
    };
    const onAbort = (): void => void stop().catch(() => {}); // it stopped by itself
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    const done = (): void => {
      over.abort();
      spool?.end();
      signal.removeEventListener("abort", onAbort);
    };
    child.on("error", (error) => {
      done();
      reject(error);
    });
    // Terraform ends the shell of a local-exec, not what the shell has started.
    child.on("exit", () => kill(-child.pid!, "SIGKILL"));
    child.on("close", (exitCode) => {
      done();
      resolve({ stdout: said, stderr: complaints, exitCode });
    });
  });
}

function kill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
