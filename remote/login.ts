// With what we log in: a named key, the SSH agent, or the key that ssh itself would take.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { Problem } from "../fleet/problem.ts";
import type { SshTarget } from "./ssh.ts";

const usual = ["id_ed25519", "id_ecdsa", "id_rsa"];

export async function findLogin(identityFile: string | undefined, env: NodeJS.ProcessEnv): Promise<SshTarget["login"]> {
  if (identityFile !== undefined) return { privateKey: await readPrivateKey(identityFile) };
  if (env.SSH_AUTH_SOCK) return { agent: env.SSH_AUTH_SOCK };
  for (const name of usual) {
    const file = join(homedir(), ".ssh", name);
    try {
      return { privateKey: await readPrivateKey(file) };
    } catch (error) {
      if ((error as { cause?: NodeJS.ErrnoException }).cause?.code !== "ENOENT") throw error;
    }
  }
  throw new Problem(
    "no SSH key: there is no agent (SSH_AUTH_SOCK) and none of ~/.ssh/id_ed25519, id_ecdsa, id_rsa",
    "Start an agent, make a key with ssh-keygen, or name one with --identity FILE.",
  );
}

async function readPrivateKey(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new Problem(`${file}: cannot read the SSH key: ${cause.message}`, "Name another one with --identity FILE.", {
      cause,
    });
  });
  if (/ENCRYPTED/.test(text) || isEncryptedOpenSsh(text)) {
    throw new Problem(`${file}: the SSH key has a passphrase`, `Add it to the agent first: ssh-add ${file}`);
  }
  return text;
}

/** An OpenSSH key names its cipher after the magic "openssh-key-v1\0"; "none" is in the clear. */
function isEncryptedOpenSsh(text: string): boolean {
  const body = /BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (!body) return false;
  const bytes = Buffer.from(body, "base64");
  const length = bytes.readUInt32BE(15);
  return bytes.subarray(19, 19 + length).toString() !== "none";
}
