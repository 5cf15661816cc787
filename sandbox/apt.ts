// Installs Debian packages on this machine. Downloading can be stopped at any time; dpkg is never cut off.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../fleet/problem.ts";
import { type Argv, CommandFailed, run } from "./command.ts";
import { STATE } from "./lease.ts";
import { withoutServices } from "./no-services.ts";

export interface AptOptions {
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** false: what is installed starts at the next boot, not now. */
  readonly startServices?: boolean;
}

export async function installPackages(packages: readonly string[], options: AptOptions = {}): Promise<void> {
  if (packages.length === 0) return;
  const { onProgress, signal, startServices = true } = options;
  const command = `apt-get install ${packages.join(" ")}`;
  if (process.getuid?.() !== 0 || !(await hasApt())) {
    throw new Problem(
      `${packages.join(", ")} must be installed on this machine`,
      `On Debian: sudo ${command}. Then run the command again.`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["-y", "-o", "DPkg::Lock::Timeout=300", "install", "--no-install-recommends", ...packages];
  const unpack = () => unstoppable(["apt-get", "-qq", ...install], env);
  try {
    onProgress?.(`installing ${packages.join(", ")}`);
    await run(["apt-get", "-qq", "update"], { env, signal });
    await run(["apt-get", "-qq", "--download-only", ...install], { env, signal });
    const onAbort = (): void => onProgress?.("finishing the installation first: dpkg must not be cut off");
    signal?.addEventListener("abort", onAbort);
    await (startServices ? unpack() : withoutServices(unpack)).finally(() =>
      signal?.removeEventListener("abort", onAbort),
    );
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new Problem(error.message, `Make this work first: ${command}. Then run the command again.`, { cause: error });
  }
  signal?.throwIfAborted();
}

/** It prints into a file: a pipe would break with us, and dpkg with the pipe. */
async function unstoppable(argv: Argv, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(STATE, { recursive: true });
  const log = join(STATE, "apt.log");
  try {
    await run(["sh", "-c", 'exec "$@" >"$0" 2>&1 </dev/null', log, ...argv], { env });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new CommandFailed(argv, { ...error.ended, stderr: await readFile(log, "utf8") });
  }
}

export async function hasApt(): Promise<boolean> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}
