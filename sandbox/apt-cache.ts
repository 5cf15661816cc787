// Package lists and downloaded packages, shared by all guests of a release, so that only the first one downloads.
import { copyFile, link, mkdir, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BaseOptions, cacheFolder } from "./base.ts";
import { run } from "./command.ts";
import { type Release, releaseNames } from "./debian.ts";
import { jail } from "./jail.ts";
import { withLock } from "./lock.ts";
import { escapedLayer } from "./overlay.ts";

const listsMaxAgeMs = 24 * 3600 * 1000;
const lists = "var/lib/apt/lists";
const archives = "var/cache/apt/archives";

/** apt's own index of the lists: a second and a half of processor time at the first command of every guest. */
const index = "var/cache/apt";

const listsOf = (base: string): string => `${base}.apt`;
const packagesOf = (release: Release): string => join(cacheFolder(), `packages-${release}`);
const lockOf = (release: Release): string => join(cacheFolder(), `packages-${release}.lock`);

/** Into the guest's own layer, before it is mounted. Hard links where possible: apt replaces files, it never edits them. */
export async function seedApt(release: Release, base: string, upper: string, options: BaseOptions): Promise<void> {
  const { signal, onProgress } = options;
  const onWait = (): void => onProgress?.(`waiting for another run that reads ${releaseNames[release]} package lists`);
  await withLock(
    lockOf(release),
    async () => {
      await refreshLists(release, base, options);
      await linkAll(join(listsOf(base), "lists"), join(upper, lists));
      await linkAll(join(listsOf(base), "index"), join(upper, index));
      await linkAll(packagesOf(release), join(upper, archives));
    },
    { signal, onWait },
  );
}

/** Takes what the guest downloaded over for later ones; of each package only the version that came last. */
export async function harvestPackages(release: Release, upper: string): Promise<void> {
  const cache = packagesOf(release);
  const known = new Set(await filesIn(cache));
  const fresh = (await filesIn(join(upper, archives))).filter((name) => name.endsWith(".deb") && !known.has(name));
  if (fresh.length === 0) return;
  await withLock(lockOf(release), async () => {
    await mkdir(cache, { recursive: true });
    for (const name of fresh) {
      await linkOrCopy(join(upper, archives, name), join(cache, name));
      const [own] = name.split("_");
      const architecture = name.slice(name.lastIndexOf("_"));
      const older = [...known].filter((other) => other.startsWith(`${own}_`) && other.endsWith(architecture));
      for (const other of older) await rm(join(cache, other), { force: true });
    }
  });
}

/** apt-get update over the base in a mount namespace that is gone afterwards; the base itself stays as it is. */
async function refreshLists(release: Release, base: string, { onProgress, signal }: BaseOptions): Promise<void> {
  const target = listsOf(base);
  const age =
    Date.now() -
    (await stat(target).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ));
  if (age < listsMaxAgeMs) return;
  onProgress?.(`reading ${releaseNames[release]} package lists`);
  const work = `${target}.building`;
  await rm(work, { recursive: true, force: true });
  for (const name of ["upper", "work", "merged"]) await mkdir(join(work, name), { recursive: true, mode: 0o755 });
  const script = `set -e
    cd "$1"
    mount -t overlay overlay -o "lowerdir=$2,upperdir=upper,workdir=work" merged
    rm -f merged/etc/resolv.conf && cp /etc/resolv.conf merged/etc/resolv.conf
    exec chroot merged apt-get -qq update`;
  try {
    await run([...jail, "sh", "-c", script, "bednet-lists", work, escapedLayer(base)], { signal });
    await rm(target, { recursive: true, force: true });
    await mkdir(target);
    await rename(join(work, "upper", lists), join(target, "lists"));
    await rename(join(work, "upper", index), join(target, "index"));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function linkAll(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 });
  for (const name of await filesIn(from)) await linkOrCopy(join(from, name), join(to, name));
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "EXDEV" && code !== "EPERM") throw error;
    await copyAside(from, to);
  }
}

/** Under its own name only once it is whole. */
async function copyAside(from: string, to: string): Promise<void> {
  const aside = join(dirname(to), `.copying-${process.pid}`);
  try {
    await copyFile(from, aside);
    await rename(aside, to);
  } finally {
    await unlink(aside).catch(() => {});
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && entry.name !== "lock").map((entry) => entry.name);
}
