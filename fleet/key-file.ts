// Where the fleet's key lies: the environment, or .bednet/key beside fleet.yaml, never git.
import { existsSync } from "node:fs";
import { chmod, link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FleetKey, isExampleKey, VerifyKey } from "./credentials.ts";
import { lockPath } from "./lock-file.ts";
import { makeOwnFolder, ownFolder } from "./own-folder.ts";
import { Problem } from "./problem.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export const keyPath = (folder: string): string => join(ownFolder(folder), "key");

/** BEDNET_KEY, else .bednet/key, else the public key beside an example's folder; undefined when there is none. */
export async function readKey(folder: string, env: Environment): Promise<FleetKey | undefined> {
  if (env.BEDNET_KEY) return named("BEDNET_KEY", () => FleetKey.parse(env.BEDNET_KEY!));
  const path = keyPath(folder);
  const text = await readPrivate(path);
  if (text === undefined) return readExampleKey(folder);
  const key = keyIn(text);
  if (key === undefined) throw new DamagedKey(`${path} holds no fleet key, or only a part of one`, wayOut);
  return key;
}

/** BEDNET_VERIFY_KEY alone is enough for converge and verify; the fleet's key holds it too. */
export async function readVerifyKey(folder: string, env: Environment): Promise<VerifyKey | undefined> {
  if (env.BEDNET_VERIFY_KEY) return named("BEDNET_VERIFY_KEY", () => VerifyKey.parse(env.BEDNET_VERIFY_KEY!));
  return (await readKey(folder, env))?.verifyKey;
}

const wayOut =
  "Bring the key back from your password manager with `bednet key set`. If it is lost, `bednet lock --new-key` makes another, and every device, service and person needs a new password.";

export function noKey(folder: string): Problem {
  return new Problem(
    `there is no key: BEDNET_KEY is not set, and ${keyPath(folder)} does not exist`,
    existsSync(lockPath(folder))
      ? wayOut
      : "Bring the key back from your password manager with `bednet key set`, or run `bednet lock` to start a new fleet.",
  );
}

/** The file is there, and what it holds is no key. `bednet key set` and `bednet lock --new-key` replace it. */
export class DamagedKey extends Problem {
  override name = "DamagedKey";
}

/** Keeps a key that is already there as key-<its id>: losing one means a visit to every device. Gives the path of the old one. */
export async function writeKey(folder: string, key: FleetKey): Promise<string | undefined> {
  const path = keyPath(folder);
  await makeOwnFolder(folder);
  const kept = await keepOld(path, key);
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, `${key.text().reveal()}\n`, { mode: 0o600, flag: "wx" });
  await rename(fresh, path);
  return kept;
}

async function keepOld(path: string, key: FleetKey): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(orUndefined);
  if (text === undefined) return undefined;
  const oldId = keyIn(text)?.id ?? "damaged";
  if (oldId === key.id) return undefined;
  const kept = `${path}-${oldId}`;
  await rm(kept, { force: true });
  await link(path, kept);
  await chmod(kept, 0o600);
  return kept;
}

async function readPrivate(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(orUndefined);
  if (found === undefined) return undefined;
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
    throw new Problem(`${path} has mode ${mode}: others on this machine can read the key`, `Run: chmod 600 ${path}`);
  }
  return readFile(path, "utf8");
}

async function readExampleKey(folder: string): Promise<FleetKey | undefined> {
  const text = await readFile(join(folder, "..", "key"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const key = keyIn(text); // Anything else there is somebody else's file.
  return key !== undefined && isExampleKey(key.id) ? key : undefined;
}

/** Undefined: what is there is no key, or only a part of one. */
function keyIn(text: string): FleetKey | undefined {
  try {
    return FleetKey.parse(text);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** Says which of the places holds the key that cannot be read. */
function named<K>(place: string, parse: () => K): K {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Problem) throw new Problem(`${place}: ${error.message}`, error.fix);
    throw error;
  }
}

function orUndefined(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}
