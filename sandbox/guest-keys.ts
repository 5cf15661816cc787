// The keys of one rehearsal: the host's, so that it can be pinned before the first contact, and one to log in with.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Fingerprint, fingerprintOfLine } from "../remote/host-key.ts";
import { run } from "./command.ts";

export interface HostKey {
  /** `ssh-ed25519 AAAA…` */
  readonly line: string;
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly fingerprint: Fingerprint;
}

export interface GuestKeys {
  readonly host: HostKey;
  readonly hostFile: string;
  readonly clientFile: string;
  readonly clientLine: string;
}

export async function makeKeys(folder: string, signal?: AbortSignal): Promise<GuestKeys> {
  const [hostFile, clientFile] = [join(folder, "host_ed25519"), join(folder, "client_ed25519")];
  const host = await makeKey(hostFile, signal);
  const client = await makeKey(clientFile, signal);
  const fingerprint = fingerprintOfLine(host);
  return { host: { line: host, fingerprint }, hostFile, clientFile, clientLine: client };
}

async function makeKey(file: string, signal: AbortSignal | undefined): Promise<string> {
  await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file], { signal });
  return (await readFile(`${file}.pub`, "utf8")).trim();
}
