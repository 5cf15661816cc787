// Keys made by ssh-keygen, and a real agent, log in to a server that checks their signatures.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import ssh2, { type AuthContext, type ParsedKey } from "ssh2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fingerprintOfLine } from "../../../remote/host-key.ts";
import { findLogin, type Login } from "../../../remote/login.ts";
import { connect } from "../../../remote/ssh.ts";

const exec = promisify(execFile);
const hostKey = ssh2.utils.generateKeyPairSync("ed25519");
let folder: string;
let server: ssh2.Server;
/** Who may log in, and which keys were offered so far. */
let authorized: ParsedKey;
let offered: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-keys-"));
  server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => {
    connection.on("error", () => {});
    connection.on("authentication", (context) => (isAuthorized(context) ? context.accept() : context.reject()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

function isAuthorized(context: AuthContext): boolean {
  if (context.method !== "publickey") return false;
  offered.push(context.key.data.toString("base64"));
  if (!context.key.data.equals(authorized.getPublicSSH())) return false;
  if (!context.signature) return true;
  return authorized.verify(context.blob!, context.signature, context.hashAlgo) === true;
}

async function keygen(name: string, ...options: readonly string[]): Promise<{ file: string; key: ParsedKey }> {
  const file = join(folder, name);
  await exec("ssh-keygen", ["-q", "-f", file, "-N", "", ...options]);
  const key = ssh2.utils.parseKey(await readFile(`${file}.pub`)) as ParsedKey;
  return { file, key };
}

async function logIn(found: Login, key: ParsedKey): Promise<void> {
  authorized = key;
  offered = [];
  const { port } = server.address() as AddressInfo;
  const pin = fingerprintOfLine(hostKey.public);
  const host = await connect({ address: "127.0.0.1", port, user: "root", pin, ...found });
  await host.close();
}

test.each([
  ["ed25519", ["-t", "ed25519"]],
  ["ecdsa", ["-t", "ecdsa"]],
  ["rsa", ["-t", "rsa", "-b", "2048"]],
  ["rsa-pem", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
  ["ecdsa-pem", ["-t", "ecdsa", "-m", "PEM"]],
  ["ecdsa-pkcs8", ["-t", "ecdsa", "-m", "PKCS8"]],
])("a file: %s", async (name, options) => {
  const { file, key } = await keygen(name, ...options);
  await logIn(await findLogin(file, {}), key);
});

test("the agent, alone, after a key that the host does not know, and for a key with a passphrase", async () => {
  const { file: stranger, key: strangerKey } = await keygen("stranger", "-t", "ed25519");
  const { file, key } = await keygen("farm", "-t", "ed25519");
  const env = { SSH_AUTH_SOCK: join(folder, "agent") };
  const agent = spawn("ssh-agent", ["-D", "-a", env.SSH_AUTH_SOCK], { stdio: "ignore" });
  try {
    while (!existsSync(env.SSH_AUTH_SOCK)) await sleep(20);
    await exec("ssh-add", ["-q", file], { env: { ...process.env, ...env } });
    await logIn({ login: [{ agent: env.SSH_AUTH_SOCK }], notTried: [] }, key);
    await logIn(await findLogin(stranger, env), key);
    expect(offered[0]).toBe(strangerKey.getPublicSSH().toString("base64"));
    await exec("ssh-keygen", ["-q", "-p", "-f", file, "-P", "", "-N", "correct horse"]);
    await logIn(await findLogin(file, env), key);
  } finally {
    agent.kill();
    await once(agent, "exit");
  }
  await expect(findLogin(file, env)).rejects.toMatchObject({
    message: expect.stringMatching(
      /farm: the SSH key has a passphrase\n {2}the SSH agent at .*agent .SSH_AUTH_SOCK. does not answer: /,
    ),
    exitCode: 1,
  });
});
