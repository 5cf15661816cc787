// Which key is taken, and which one cannot be.
import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findLogin } from "../../../remote/login.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "bednet-login-"));
  vi.stubEnv("HOME", home);
  await mkdir(join(home, ".ssh"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

const put = async (name: string, text: string) => {
  await writeFile(join(home, ".ssh", name), text);
  return join(home, ".ssh", name);
};
/** OpenSSH's format names its cipher in the clear. */
const openSsh = (cipher: string) => {
  const name = Buffer.from(cipher);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  const body = Buffer.concat([Buffer.from("openssh-key-v1\0"), length, name, Buffer.alloc(40)]).toString("base64");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
};

test("the named key comes first, then the agent, then the usual names in ssh's order", async () => {
  const named = await put("farm", openSsh("none"));
  await put("id_rsa", `${openSsh("none")}rsa`);
  expect(await findLogin(named, { SSH_AUTH_SOCK: "/agent" })).toEqual({ privateKey: openSsh("none") });
  expect(await findLogin(undefined, { SSH_AUTH_SOCK: "/agent" })).toEqual({ agent: "/agent" });
  expect(await findLogin(undefined, {})).toEqual({ privateKey: `${openSsh("none")}rsa` });
  await put("id_ed25519", `${openSsh("none")}ed25519`);
  expect(await findLogin(undefined, {})).toEqual({ privateKey: `${openSsh("none")}ed25519` });
});

test("nothing to log in with", async () => {
  await expect(findLogin(undefined, {})).rejects.toMatchObject({
    message: "no SSH key: there is no agent (SSH_AUTH_SOCK) and none of ~/.ssh/id_ed25519, id_ecdsa, id_rsa",
    exitCode: 1,
  });
});

test("a named key that is not there", async () => {
  const file = join(home, "nowhere");
  await expect(findLogin(file, {})).rejects.toMatchObject({
    message: expect.stringContaining(`${file}: cannot read the SSH key: ENOENT`),
  });
});

const pem = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" },
  publicKeyEncoding: { type: "spki", format: "pem" },
}).privateKey;

test.each([
  ["OpenSSH's format", openSsh("aes256-ctr")],
  ["PEM", pem],
])("a key with a passphrase, in %s, belongs into the agent", async (_format, text) => {
  const file = await put("id_ed25519", text);
  await expect(findLogin(undefined, {})).rejects.toMatchObject({
    ...{ message: `${file}: the SSH key has a passphrase`, fix: `Add it to the agent first: ssh-add ${file}` },
  });
});
