// The Debian root that rehearsals share: built once, never changed, laid under every guest.
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { Problem } from "../fleet/problem.ts";
import { CommandFailed, run } from "./command.ts";
import { findMirror, type Mirror, type Release, releaseNames, sourcesFile } from "./debian.ts";
import { jail } from "./jail.ts";
import { findKeyring } from "./keyring.ts";
import { withLock } from "./lock.ts";
import { wantSpace } from "./space.ts";

export interface BaseOptions {
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a stock cloud image certainly has. Whatever else a broker host needs, the product must install. */
const packages = [
  ...["systemd", "systemd-sysv", "dbus", "libpam-systemd", "udev", "openssh-server", "sudo"],
  ...["iproute2", "iputils-ping", "procps", "ca-certificates", "cron", "logrotate"],
];
/** Raise it when what `build` does changes. */
const recipeVersion = 1;
const tellEveryMs = 2_000;
/** The root, what debootstrap downloads for it, and apt's lists. */
const spaceMegabytes = 500;

export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bednet");
}

async function baseFolder(release: Release): Promise<string> {
  const recipe = JSON.stringify([recipeVersion, packages, await findMirror()]);
  const hash = createHash("sha256").update(recipe).digest("hex").slice(0, 8);
  return join(cacheFolder(), `base-${release}-${hash}`);
}

/** The finished base, built first if it is not there. A build that was killed is never taken for a finished one. */
export async function ensureBase(release: Release, options: BaseOptions = {}): Promise<string> {
  const base = await baseFolder(release);
  if (await exists(base)) return base;
  const name = releaseNames[release];
  await withLock(
    `${base}.lock`,
    async () => {
      if (!(await exists(base))) await build(release, base, options);
    },
    { signal: options.signal, onWait: () => options.onProgress?.(`waiting for another run that builds ${name}`) },
  );
  return base;
}

async function build(release: Release, base: string, { onProgress, signal }: BaseOptions): Promise<void> {
  const name = releaseNames[release];
  const wayOut = "Make room there, or name another folder in XDG_CACHE_HOME.";
  await wantSpace(cacheFolder(), spaceMegabytes, `a ${name} base`, wayOut);
  onProgress?.(`building a ${name} base, once (about a minute)`);
  const [mirror, keyring] = await Promise.all([findMirror(), findKeyring()]);
  const root = `${base}.building`;
  // We hold the lock, so whatever is half-built was left by somebody who was killed.
  await rm(root, { recursive: true, force: true });
  await mkdir(join(root, "etc/dpkg/dpkg.cfg.d"), { recursive: true });
  await chmod(root, 0o755);
  // Nobody minds losing a throw-away root in a power cut, and fsync is most of dpkg's time.
  await writeFile(join(root, "etc/dpkg/dpkg.cfg.d/bednet-rehearsal"), "force-unsafe-io\n");
  try {
    await debootstrap(release, root, mirror, keyring, { onProgress, signal });
    await makeGeneric(root, release, mirror);
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    if (!(error instanceof CommandFailed)) throw error;
    throw new Problem(
      `could not build a ${name} base from ${mirror.archive}: ${complaints(error)}`,
      "Check that this machine reaches the mirror, then run the command again; the unfinished base was removed.",
      { cause: error },
    );
  }
  await rename(root, base);
}

/** debootstrap's own words, without a command line of its inner workings. */
function complaints({ ended, message }: CommandFailed): string {
  const lines = `${ended.stdout}\n${ended.stderr}`.match(/(?<=^E: ).*$/gm);
  return lines?.join("; ") ?? message;
}

async function debootstrap(release: Release, root: string, mirror: Mirror, keyring: string, options: BaseOptions) {
  const { onProgress, signal } = options;
  let toldAt = Date.now();
  const onLine = (line: string): void => {
    if (!line.startsWith("I: ") || Date.now() - toldAt < tellEveryMs) return;
    toldAt = Date.now();
    onProgress?.(
      `building: ${line
        .slice(3)
        .replace(/\.{3}$/, "")
        .toLowerCase()}`,
    );
  };
  const what = [
    "--variant=minbase",
    `--include=${packages.join(",")}`,
    `--keyring=${keyring}`,
    release,
    root,
    mirror.archive,
  ];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  await run([...jail, "debootstrap", ...what], { signal, env, onLine });
}

/** Nothing in it may belong to one machine: keys, ids and names are made per run. */
async function makeGeneric(root: string, release: Release, mirror: Mirror): Promise<void> {
  const at = (path: string): string => join(root, path);
  for (const name of await readdir(at("etc/ssh"))) {
    if (name.startsWith("ssh_host_")) await unlink(at(`etc/ssh/${name}`));
  }
  await rm(at("etc/apt/sources.list"), { force: true });
  await writeFile(at("etc/apt/sources.list.d/debian.sources"), sourcesFile(release, mirror));
  await writeFile(at("etc/machine-id"), "");
  await rm(at("var/lib/dbus/machine-id"), { force: true });
  await rm(at("var/cache/apt/archives"), { recursive: true, force: true });
  await mkdir(at("var/cache/apt/archives/partial"), { recursive: true });
  await rm(at("var/lib/apt/lists"), { recursive: true, force: true });
  await mkdir(at("var/lib/apt/lists/partial"), { recursive: true });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
