// What is in a private key's file, for every kind of file that somebody may name.
import { generateKeyPairSync } from "node:crypto";
import { tmpdir } from "node:os";
import ssh2 from "ssh2";
import { describe, expect, test } from "vitest";
import { privateKeyIn, readPrivateKey } from "../../../remote/private-key.ts";

const { generateKeyPairSync: makeSshKey, parseKey } = ssh2.utils;
const ed25519 = makeSshKey("ed25519").private;
const damaged = { state: "unusable", because: "the SSH key is damaged, or only a part of one" };

const pem = (kind: "rsa" | "ec", type: "pkcs1" | "sec1" | "pkcs8", passphrase?: string): string => {
  const lock = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  const privateKeyEncoding = { type, format: "pem", ...lock };
  const publicKeyEncoding = { type: "spki", format: "pem" };
  const size = kind === "rsa" ? { modulusLength: 2048 } : { namedCurve: "P-256" };
  return generateKeyPairSync(kind as "rsa", { ...size, privateKeyEncoding, publicKeyEncoding } as never)
    .privateKey as unknown as string;
};

describe("usable, in a form that the SSH library reads", () => {
  test.each([
    ["OpenSSH ed25519", ed25519],
    ["OpenSSH ecdsa", makeSshKey("ecdsa", { bits: 256 }).private],
    ["with Windows line ends", ed25519.replaceAll("\n", "\r\n")],
    ["PEM rsa", pem("rsa", "pkcs1")],
    ["PEM ec", pem("ec", "sec1")],
    ["PKCS#8 rsa", pem("rsa", "pkcs8")],
    ["PKCS#8 ec", pem("ec", "pkcs8")],
  ])("%s", (_, text) => {
    const key = privateKeyIn(text);
    expect(key.state).toBe("usable");
    expect(parseKey((key as { privateKey: string }).privateKey)).not.toBeInstanceOf(Error);
  });
});

test.each([
  ["OpenSSH", makeSshKey("ed25519", { passphrase: "x", cipher: "aes256-ctr", rounds: 1 }).private],
  ["PEM", pem("ec", "sec1", "x")],
  ["PKCS#8", pem("ec", "pkcs8", "x")],
])("locked: %s", (_, text) => expect(privateKeyIn(text)).toEqual({ state: "locked" }));

test("cut off anywhere, it is damaged and never a crash", () => {
  const end = "-----END OPENSSH PRIVATE KEY-----";
  const whole = ed25519.slice(0, ed25519.indexOf(end));
  for (let length = whole.indexOf("\n") + 1; length < whole.trimEnd().length - 8; length++) {
    expect(privateKeyIn(`${whole.slice(0, length)}\n${end}\n`), String(length)).toEqual(damaged);
    expect(privateKeyIn(whole.slice(0, length)), String(length)).toEqual(damaged);
  }
});

test.each([
  ["half a PEM file", pem("ec", "sec1").slice(0, 100), damaged.because],
  [
    "PEM ed25519",
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    "the SSH key is PEM of the kind ed25519, which bednet cannot use",
  ],
  [
    "a key in a token",
    ed25519Like("sk-ssh-ed25519@openssh.com"),
    "the SSH key is of the kind sk-ssh-ed25519@openssh.com, which bednet cannot use",
  ],
  [
    "a certificate",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "this is no private SSH key: there is no line -----BEGIN … PRIVATE KEY-----",
  ],
  ["nothing", "", "this is no private SSH key: there is no line -----BEGIN … PRIVATE KEY-----"],
])("unusable: %s", (_, text, because) => expect(privateKeyIn(text)).toEqual({ state: "unusable", because }));

test("a folder is told as what it is", async () => {
  expect(await readPrivateKey(tmpdir())).toEqual({
    state: "unusable",
    because: "cannot read the SSH key: EISDIR: illegal operation on a directory, read",
  });
});

/** The outer form of OpenSSH's file, with a public half of this kind. */
function ed25519Like(kind: string): string {
  const string = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const none = string(Buffer.from("none"));
  const one = Buffer.from([0, 0, 0, 1]);
  const head = Buffer.concat([Buffer.from("openssh-key-v1\0"), none, none, string(Buffer.alloc(0)), one]);
  const body = Buffer.concat([head, string(string(Buffer.from(kind))), string(Buffer.alloc(8))]).toString("base64");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
