// Lays a root of a run's own over a shared one, which stays as it is.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../fleet/problem.ts";
import { run, runAny } from "./command.ts";

/** Resolves with the merged root. What is written to it lands in `folder`/upper, which may already hold files. */
export async function layRoot(base: string, folder: string, signal?: AbortSignal): Promise<string> {
  const at = (name: string): string => join(folder, name);
  for (const name of ["upper", "work", "merged"]) await mkdir(at(name), { recursive: true, mode: 0o755 });
  const layers = `lowerdir=${escapedLayer(base)},upperdir=${at("upper")},workdir=${at("work")}`;
  const mount = (options: string) => ["mount", "-t", "overlay", "overlay", "-o", options, at("merged")] as const;
  // Volatile: nobody syncs a disk for a root that will be thrown away. Linux before 5.10 does not know it.
  const { exitCode } = await runAny(mount(`${layers},volatile`), { signal });
  if (exitCode === 0) return at("merged");
  await run(mount(layers), { signal }).catch(async (error: unknown) => {
    signal?.throwIfAborted();
    const kinds = await readFile("/proc/filesystems", "utf8");
    const why = kinds.includes("overlay") ? "" : " (this kernel has no overlayfs)";
    throw new Problem(
      `could not lay a guest over ${base}${why}: ${(error as Error).message}`,
      "Put the cache (XDG_CACHE_HOME) and /var/lib on a local file system such as ext4, xfs or btrfs.",
      { cause: error },
    );
  });
  return at("merged");
}

/** In mount options a colon separates layers and a comma separates options. */
export const escapedLayer = (path: string): string => path.replace(/[\\:,]/g, (c) => `\\${c}`);
