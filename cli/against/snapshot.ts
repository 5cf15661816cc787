// A fleet as one side of a comparison has it: read without key, host or API, and with nothing of it run.
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parseFleet, readFleet } from "../../fleet/load.ts";
import { type Lock, parseLock } from "../../fleet/lock.ts";
import { Problem } from "../../fleet/problem.ts";
import type { Fleet } from "../../fleet/schema.ts";
import { filesAt, type ReadFile } from "./git-files.ts";

export interface Snapshot {
  readonly fleet: Fleet;
  readonly lock: Lock | undefined;
  readonly acmeCaPem: string | undefined;
}

/** `none`: there was no fleet file. `unreadable`: what was there, this version of bednet does not take. */
export type Before =
  | ({ readonly kind: "fleet" } & Snapshot)
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly why: string };

export async function snapshotAt(path: string): Promise<Snapshot> {
  const { fleet, folder } = await readFleet(path);
  return besides(fleet, inFolder(folder), join(folder, "fleet.lock"));
}

/** `against`: a git ref, or a folder that holds another fleet file of the same name. */
export async function snapshotBefore(against: string, path: string, signal: AbortSignal): Promise<Before> {
  const isFolder = await stat(against).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const isPath = against.startsWith(".") || against.startsWith("/");
  const files = isPath ? undefined : await filesAt(against, dirname(path), signal);
  if (isFolder && files) {
    throw new Problem(
      `--against ${against}: there is a folder and a git ref of this name`,
      `Write ./${against} for the folder, or refs/heads/${against} for the branch.`,
    );
  }
  if (!isFolder && !files) {
    throw new Problem(
      `--against ${against}: there is no such folder, and git knows no such ref in ${resolve(dirname(path))}`,
      "Name a branch, a tag, a commit or a folder; a pipeline that clones one commit alone must fetch the other one too.",
    );
  }
  return read(files ?? inFolder(against), files ? `${against}:` : `${against}/`, basename(path));
}

async function read(files: ReadFile, place: string, name: string): Promise<Before> {
  const yaml = await files(name);
  if (yaml === undefined) return { kind: "none" };
  try {
    const csv = await files("devices.csv");
    const fleet = parseFleet({ yaml, yamlFile: `${place}${name}`, csv, csvFile: `${place}devices.csv` });
    return { kind: "fleet", ...(await besides(fleet, files, `${place}fleet.lock`)) };
  } catch (error) {
    if (error instanceof Problem) return { kind: "unreadable", why: error.message };
    throw error;
  }
}

async function besides(fleet: Fleet, files: ReadFile, lockName: string): Promise<Snapshot> {
  const lock = await files("fleet.lock");
  const { tls } = fleet.broker;
  const caFile = tls.issuer === "acme" ? tls.serverCaFile : undefined;
  return {
    fleet,
    lock: lock === undefined ? undefined : parseLock(lock, lockName),
    acmeCaPem: caFile === undefined ? undefined : await files(caFile),
  };
}

const inFolder =
  (folder: string): ReadFile =>
  (path) =>
    readFile(resolve(folder, path), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
