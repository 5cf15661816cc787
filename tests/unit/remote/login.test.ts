// Which keys are tried, in which order, and which cannot be.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findLogin } from "../../../remote/login.ts";

let home: string;
let agents: Server[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "bednet-login-"));
  agents = [];
  vi.stubEnv("HOME", home);
  await mkdir(join(home, ".ssh"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const agent of agents) agent.close();
  await rm(home, { recursive: true });
});

const pair = ssh2.utils.generateKeyPairSync("ed25519");
const { private: clear } = pair;
const { private: locked } = ssh2.utils.generateKeyPairSync("ed25519", {
  passphrase: "x",
  cipher: "aes256-ctr",
  rounds: 1,
});

const put = async (name: string, text: string) => {
  await writeFile(join(home, ".ssh", name), text);
  return join(home, ".ssh", name);
};

/** An agent with so many keys. */
async function agentWith(keys: number): Promise<{ SSH_AUTH_SOCK: string }> {
  const path = join(home, `agent-${keys}`);
  const server = createServer((socket) => {
    const protocol = new ssh2.AgentProtocol(false);
    const offered = Array.from({ length: keys }, () => ssh2.utils.parseKey(clear) as ssh2.ParsedKey);
    protocol.on("identities", (request) => protocol.getIdentitiesReply(request, offered));
    socket.pipe(protocol).pipe(socket);
  });
  agents.push(server);
  await new Promise<void>((listening) => server.listen(path, listening));
  return { SSH_AUTH_SOCK: path };
}

test("a named key comes first, and the agent after it", async () => {
  const named = await put("farm", clear);
  await put("id_rsa", clear);
  const env = await agentWith(1);
  expect(await findLogin(named, env)).toEqual({
    login: [{ privateKey: clear, file: named }, { agent: env.SSH_AUTH_SOCK }],
    notTried: [],
  });
  expect((await findLogin(named, {})).login).toEqual([{ privateKey: clear, file: named }]);
});

test("without a name the agent comes first, then the usual names in ssh's order", async () => {
  const rsa = await put("id_rsa", `${clear}rsa`);
  const ed25519 = await put("id_ed25519", clear);
  const env = await agentWith(2);
  const files = [
    { privateKey: clear, file: ed25519 },
    { privateKey: `${clear}rsa`, file: rsa },
  ];
  expect(await findLogin(undefined, env)).toEqual({ login: [{ agent: env.SSH_AUTH_SOCK }, ...files], notTried: [] });
  expect(await findLogin(undefined, {})).toEqual({ login: files, notTried: [] });
});

test("a usual key that cannot be used is not in the way, and not forgotten", async () => {
  const ed25519 = await put("id_ed25519", locked);
  const ecdsa = await put("id_ecdsa", pair.public);
  const rsa = await put("id_rsa", clear);
  const gone = join(home, "gone");
  expect(await findLogin(undefined, { SSH_AUTH_SOCK: gone })).toEqual({
    login: [{ privateKey: clear, file: rsa }],
    notTried: [
      `the SSH agent at ${gone} (SSH_AUTH_SOCK) does not answer: connect ENOENT ${gone}`,
      `${ed25519}: the SSH key has a passphrase`,
      `${ecdsa}: this is a public key, and the private one is needed: the file of the same name without .pub`,
    ],
  });
});

const fixes = {
  any: "Add a key to an agent (ssh-add FILE), make one with ssh-keygen, or name one with --identity FILE.",
  named: "Name a private key with --identity FILE, or leave it out to use the agent or ssh's usual keys.",
};

test("nothing to log in with", async () => {
  await expect(findLogin(undefined, {})).rejects.toMatchObject({
    message: "no SSH key: there is no agent (SSH_AUTH_SOCK) and none of ~/.ssh/id_ed25519, id_ecdsa, id_rsa",
    fix: fixes.any,
    exitCode: 1,
  });
  const file = await put("id_ed25519", locked);
  const env = await agentWith(0);
  await expect(findLogin(undefined, env)).rejects.toMatchObject({
    message: `no SSH key to log in with:\n  the SSH agent at ${env.SSH_AUTH_SOCK} (SSH_AUTH_SOCK) holds no key\n  ${file}: the SSH key has a passphrase`,
    fix: fixes.any,
    exitCode: 1,
  });
});

test("a named key with a passphrase is the agent's to use, if there is one", async () => {
  const file = await put("farm", locked);
  const env = await agentWith(1);
  expect(await findLogin(file, env)).toEqual({
    login: [{ agent: env.SSH_AUTH_SOCK }],
    notTried: [`${file}: the SSH key has a passphrase`],
  });
  await expect(findLogin(file, {})).rejects.toMatchObject({
    message: `${file}: the SSH key has a passphrase`,
    fix: `Start an agent and add the key: ssh-add ${file}`,
    exitCode: 1,
  });
});

const lines = clear.split("\n");
test.each([
  ["there is no such SSH key", undefined],
  ["the SSH key is damaged, or only a part of one", lines.slice(0, 3).join("\n")],
  ["the SSH key is damaged, or only a part of one", [...lines.slice(0, 2), ...lines.slice(3)].join("\n")],
  ["this is a public key, and the private one is needed: the file of the same name without .pub", pair.public],
  ["this is no private SSH key: there is no line -----BEGIN … PRIVATE KEY-----", "correct horse"],
])("a named file is refused, whatever the agent has: %s", async (says, text) => {
  const file = text === undefined ? join(home, "nowhere") : await put("farm", text);
  await expect(findLogin(file, await agentWith(1))).rejects.toMatchObject({
    message: `${file}: ${says}`,
    fix: fixes.named,
    exitCode: 1,
  });
});
