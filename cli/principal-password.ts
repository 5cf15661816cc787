// The password of one principal of fleet.lock: the one that its line was made with, or a reason why there is none to give.
import { hashOf, isReserved, keyOf, passwordOf } from "../fleet/credentials.ts";
import { noKey, readKey, readVerifyKey } from "../fleet/key-file.ts";
import type { LockLine } from "../fleet/lock.ts";
import { readLock } from "../fleet/lock-file.ts";
import { Problem } from "../fleet/problem.ts";
import type { Secret } from "../fleet/secret.ts";
import { nearest } from "../fleet/suggest.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export async function principalPassword(name: string, folder: string, env: Environment): Promise<Secret> {
  const lock = await readLock(folder);
  if (lock === undefined)
    throw new Problem(
      "there is no fleet.lock beside the fleet file",
      "Run `bednet lock`: it gives everybody a password.",
    );
  const line = lock.lines.find((one) => one.name === name);
  if (line === undefined) throw unknown(name, lock.lines);
  refuseWithoutPassword(line);
  // Probes and monitors do with the verify key, so a fleet's key that cannot be read is not in the way.
  const key = (isReserved(name) ? undefined : await readKey(folder, env)) ?? (await readVerifyKey(folder, env));
  if (key === undefined) throw noKey(folder);
  const { id } = keyOf(key, name);
  if (id !== line.keyId) {
    throw new Problem(
      `the key here is ${id}, and ${name} got its password from ${line.keyId}`,
      "Bring the key of this fleet back with `bednet key set`.",
    );
  }
  if (hashOf(key, name, line.generation) !== line.hash) {
    throw new Problem(
      `fleet.lock was edited: the hash of ${name} does not come from this fleet's key, so its password is not known here`,
      `\`git log -p fleet.lock\` shows who did it. Bring the file back from git, or run \`bednet lock --rotate ${name}\`.`,
    );
  }
  return passwordOf(key, name, line.generation);
}

function unknown(name: string, lines: readonly LockLine[]): Problem {
  const active = lines.filter(({ state }) => state === "active").map((line) => line.name);
  const meant = nearest(name, active);
  return new Problem(
    `fleet.lock does not know ${JSON.stringify(name)}`,
    meant === undefined
      ? "fleet.lock lists who may log in. A new row of devices.csv gets there by `bednet lock`."
      : `Did you mean ${meant}? A new row of devices.csv gets into fleet.lock by \`bednet lock\`.`,
  );
}

function refuseWithoutPassword({ name, state, origin, generation }: LockLine): void {
  if (state === "revoked") {
    throw new Problem(
      `${name} is revoked since generation ${generation}: no password lets it in`,
      "If it is to come back, put it into devices.csv or fleet.yaml again and run `bednet lock`; it gets a new password.",
    );
  }
  if (origin === "imported") {
    throw new Problem(
      `the hash of ${name} was taken over from elsewhere: its password is not known here`,
      `Ask whoever chose it, or give ${name} a new one: \`bednet lock --rotate ${name}\`.`,
    );
  }
}
