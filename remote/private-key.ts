// A private key's file, looked at before it is used, so that a key that cannot work is told by its name and not by a failed login.
import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";

export type PrivateKey =
  /** In a form that ssh2 reads. */
  | { readonly state: "usable"; readonly privateKey: string }
  /** There may be nothing wrong with it, but not without its passphrase. */
  | { readonly state: "locked" }
  | { readonly state: "absent" }
  | { readonly state: "unusable"; readonly because: string };

const unusable = (because: string): PrivateKey => ({ state: "unusable", because });

export async function readPrivateKey(file: string): Promise<PrivateKey> {
  try {
    return privateKeyIn(await readFile(file, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? { state: "absent" } : unusable(`cannot read the SSH key: ${message}`);
  }
}

export function privateKeyIn(text: string): PrivateKey {
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----$/m.exec(text)?.[1] ?? "";
  if (label === "OPENSSH PRIVATE KEY") return openSsh(text);
  if (label.endsWith("PRIVATE KEY")) return pem(text);
  if (label.endsWith("PUBLIC KEY") || /^\s*(ssh-|ecdsa-sha2-|sk-)\S+ AAAA/.test(text))
    return unusable("this is a public key, and the private one is needed: the file of the same name without .pub");
  return unusable("this is no private SSH key: there is no line -----BEGIN … PRIVATE KEY-----");
}

function pem(text: string): PrivateKey {
  if (/^(Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED PRIVATE KEY)/m.test(text)) return { state: "locked" };
  try {
    const key = createPrivateKey(text);
    const type = ({ rsa: "pkcs1", ec: "sec1" } as const)[key.asymmetricKeyType as string];
    if (type === undefined)
      return unusable(`the SSH key is PEM of the kind ${key.asymmetricKeyType}, which bednet cannot use`);
    return { state: "usable", privateKey: key.export({ type, format: "pem" }) as string };
  } catch {
    return unusable("the SSH key is damaged, or only a part of one");
  }
}

const MAGIC = "openssh-key-v1\0";
const kinds = /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521))$/;

/** Magic, cipher, its two settings, the number 1, the public half, the private half; the latter begins with one number twice. */
function openSsh(text: string): PrivateKey {
  const body = /BEGIN OPENSSH PRIVATE KEY-----\s([\s\S]*?)-----END OPENSSH PRIVATE KEY-----/.exec(text)?.[1] ?? "";
  const bytes = Buffer.from(body, "base64");
  try {
    if (bytes.subarray(0, MAGIC.length).toString() !== MAGIC) throw new RangeError("no magic");
    const [cipher, afterCipher] = string(bytes, MAGIC.length);
    if (cipher.toString() !== "none") return { state: "locked" };
    const [, afterName] = string(bytes, afterCipher);
    const [, afterOptions] = string(bytes, afterName);
    const [publicHalf, afterPublic] = string(bytes, afterOptions + 4);
    const [secret] = string(bytes, afterPublic);
    if (secret.readUInt32BE(0) !== secret.readUInt32BE(4)) throw new RangeError("not in the clear");
    const kind = string(publicHalf, 0)[0].toString();
    if (!kinds.test(kind)) return unusable(`the SSH key is of the kind ${kind}, which bednet cannot use`);
    return { state: "usable", privateKey: text };
  } catch (error) {
    if (error instanceof RangeError) return unusable("the SSH key is damaged, or only a part of one");
    throw error;
  }
}

/** A length and so many bytes; with where they end. */
function string(bytes: Buffer, at: number): [Buffer, number] {
  const end = at + 4 + bytes.readUInt32BE(at);
  if (end > bytes.length) throw new RangeError("cut off");
  return [bytes.subarray(at + 4, end), end];
}
