// What a stack is made of, read and checked beside fleet.yaml. It needs no key and no network.
import { readFile, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { KEY_FINGERPRINT } from "../fleet/formats.ts";
import { readFleet } from "../fleet/load.ts";
import { lockProblem } from "../fleet/lock.ts";
import { readLock } from "../fleet/lock-file.ts";
import { readPem } from "../fleet/pem-file.ts";
import { Problem } from "../fleet/problem.ts";
import type { Fleet } from "../fleet/schema.ts";
import { rolloutDigest } from "../templates/bundle.ts";

/** Who may log in to a new droplet. */
export type SshKey = { readonly publicKey: string } | { readonly fingerprint: string };

export interface StackSource {
  readonly fleet: Fleet;
  /** Absolute, without symbolic links: relative paths are made from it. */
  readonly fleetFile: string;
  /** Changes exactly when something on the host would change. */
  readonly digest: string;
  readonly sshKeys: readonly SshKey[];
}

export async function readSource(fleetFile: string): Promise<StackSource> {
  const { fleet, folder } = await readFleet(fleetFile);
  const lock = await readLock(folder);
  const problem = lockProblem(fleet, lock);
  if (problem) throw problem;
  const { tls } = fleet.broker;
  const acmeCaPem =
    tls.issuer === "acme" && tls.serverCaFile !== undefined
      ? await readPem(folder, "broker.tls.serverCaFile", tls.serverCaFile)
      : undefined;
  const named = fleet.host.provider === "digitalocean" ? fleet.host.sshKeys : [];
  return {
    fleet,
    fleetFile: join(await realpath(dirname(resolve(fleetFile))), basename(fleetFile)),
    digest: rolloutDigest(fleet, lock!, acmeCaPem),
    sshKeys: await Promise.all(named.map((key, index) => readKey(folder, `host.sshKeys[${index}]`, key))),
  };
}

async function readKey(folder: string, setting: string, key: string): Promise<SshKey> {
  if (KEY_FINGERPRINT.test(key)) return { fingerprint: key };
  const path = resolve(folder, key);
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new Problem(
      `${setting}: cannot read ${path}: ${cause.message}`,
      `Make a key pair with: ssh-keygen -t ed25519 -f ${path.replace(/\.pub$/, "")}, or name another public key in host.sshKeys; nothing was changed.`,
      { cause },
    );
  });
  const publicKey = text.trim();
  if (!/^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp\d+|sk-\S+) [A-Za-z0-9+/=]+( [^\n{}]*)?$/.test(publicKey)) {
    const isPrivate = text.includes("PRIVATE KEY");
    throw new Problem(
      `${setting}: ${path} is ${isPrivate ? "a private key" : "no public key"}`,
      `${isPrivate ? "Name the file that ends in .pub" : "It must be one line such as: ssh-ed25519 AAAA… ana@laptop"}; nothing was changed.`,
    );
  }
  return { publicKey };
}
