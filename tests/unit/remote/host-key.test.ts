// Fingerprints as OpenSSH writes them; the example comes from ssh-keygen.
import { expect, test } from "vitest";
import { Problem } from "../../../fleet/problem.ts";
import { fingerprintOfLine, parseFingerprint } from "../../../remote/host-key.ts";

const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINcU5zsS/2RiqYuamqyYGfXuxWzJHtPY5oP0w8dMqASt x";
const fingerprint = "SHA256:PR2P+63TUhnDfNozqUmeuOKDeY23xD4Ht5bXJSnednk";

test("the fingerprint of a public key", () => expect(fingerprintOfLine(line)).toBe(fingerprint));

test("with and without padding it is the same", () => {
  expect(parseFingerprint(fingerprint)).toBe(fingerprint);
  expect(parseFingerprint(`${fingerprint}=`)).toBe(fingerprint);
});

test.each([
  "",
  fingerprint.slice(7),
  `MD5:${"00:".repeat(15)}00`,
  fingerprint.slice(0, -1),
  `${fingerprint} `,
  `${fingerprint}==`,
  `${fingerprint}\n`,
  line,
])("%j is none", (text) => {
  expect(() => parseFingerprint(text)).toThrow(Problem);
  expect(() => parseFingerprint(text)).toThrow(`"${text}" is not a host key fingerprint`);
});
