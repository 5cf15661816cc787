// What must never be in Terraform's files nor in anything that is printed, and the places where it could be.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FleetKey, keyOf, passwordOf } from "../../../fleet/credentials.ts";
import { parseLock } from "../../../fleet/lock.ts";
import { run } from "../../../sandbox/command.ts";
import type { Ran } from "../../unit/cli/run.ts";

export interface Secrets {
  /** By what they are called here. */
  readonly [name: string]: string;
}

/** `verify key in terraform.tfstate` */
export type Leak = string;

export async function secretsOf(folder: string, key: FleetKey, token: string): Promise<Secrets> {
  const lock = parseLock(await readFile(join(folder, "fleet.lock"), "utf8"), "fleet.lock");
  const privateKey = await readFile(join(folder, "deploy"), "utf8");
  return {
    token,
    "verify key": key.verifyKey.text().reveal(),
    "fleet key": key.text().reveal(),
    "private key": privateKey.split("\n")[2]!,
    "a hash": "$7$",
    ...Object.fromEntries(
      lock.lines.map(({ name, generation }) => [
        `password of ${name}`,
        passwordOf(keyOf(key, name), name, generation).reveal(),
      ]),
    ),
  };
}

/** After a command: in what it printed, in the stack, in the saved plan as it is and as Terraform shows it, in the states. */
export async function leaksIn(folder: string, { stdout, stderr }: Ran, secrets: Secrets): Promise<Leak[]> {
  const places = { stdout, stderr, ...(await textsOf(folder)) };
  return Object.entries(places).flatMap(([place, text]) =>
    Object.entries(secrets).flatMap(([name, secret]) => (text.includes(secret) ? [`${name} in ${place}`] : [])),
  );
}

const unzip = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nfor n in z.namelist(): print(z.read(n))";

/** Of every file that a deploy leaves beside fleet.yaml. */
export async function textsOf(folder: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  const add = async (inside: string, wanted: RegExp): Promise<void> => {
    for (const name of await readdir(join(folder, inside)).catch(() => [])) {
      const file = join(folder, inside, name);
      if (wanted.test(name))
        texts[name] = name.endsWith(".tfplan")
          ? await run(["python3", "-c", unzip, file])
          : await readFile(file, "utf8");
    }
  };
  await add(".bednet", /^(terraform\.tfstate|report\.json)/);
  for (const stack of await readdir(join(folder, "cdktf.out/stacks")).catch(() => [])) {
    await add(join("cdktf.out/stacks", stack), /^(cdk\.tf\.json|bednet\.tfplan)$/);
  }
  return texts;
}
