// Installs Debian packages on this machine. Downloading can be stopped at any time; dpkg is never cut off.
import { readFile } from "node:fs/promises";
import { Problem } from "../fleet/problem.ts";
import { CommandFailed, run } from "./command.ts";
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
  // Without the signal. Nor does kill -9 cut it off: apt gives dpkg a terminal of its own.
  const unpack = () => run(["apt-get", "-qq", ...install], { env });
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

export async function hasApt(): Promise<boolean> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}
