// The key a host must show before anything is sent to it.
import { createHash } from "node:crypto";
import { Problem } from "../fleet/problem.ts";

/** `SHA256:` and 43 characters of base64, as `ssh-keygen -lf` prints it. */
export type Fingerprint = `SHA256:${string}`;

/** `where` begins the message: a file and its line. */
export function parseFingerprint(text: string, where = ""): Fingerprint {
  if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(text)) return text.replace(/=$/, "") as Fingerprint;
  throw new Problem(
    `${where}"${text}" is not a host key fingerprint`,
    "Give it as ssh-keygen prints it: SHA256: and 43 characters. On the host's console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
  );
}

/** `key` in SSH wire format, as it arrives in the handshake. */
export function fingerprintOf(key: Buffer): Fingerprint {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=$/, "")}`;
}

/** The fingerprint of a public key line, `ssh-ed25519 AAAA… comment`. */
export function fingerprintOfLine(line: string): Fingerprint {
  return fingerprintOf(Buffer.from(line.split(" ")[1] ?? "", "base64"));
}
