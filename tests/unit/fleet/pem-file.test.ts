// A file of certificates is what it says, or is refused before anything relies on it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readPem } from "../../../fleet/pem-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-pem-"));
});
afterEach(() => rm(folder, { recursive: true }));

const [one, two] = rootCertificates as readonly [string, string];
const read = async (text: string): Promise<string> => {
  await writeFile(join(folder, "trust.pem"), text);
  return readPem(folder, "broker.tls.trustFile", "trust.pem");
};

test.each([
  ["one", `${one}\n`],
  ["two, with words around them", `# ours\n${one}\n# theirs\n${two}\n`],
  ["with Windows line ends", one.replaceAll("\n", "\r\n")],
])("%s", async (_, text) => expect(await read(text)).toBe(text));

test.each([
  ["nothing", "", "holds no certificate"],
  ["a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "holds no certificate"],
  [
    "garbage between the right lines",
    "-----BEGIN CERTIFICATE-----\ngarbage\n-----END CERTIFICATE-----\n",
    "certificate 1 of 1 is damaged, or only a part of one",
  ],
  ["a second one cut off", `${one}\n${two.slice(0, 400)}`, "certificate 2 of 2 is damaged, or only a part of one"],
])("%s is refused", async (_, text, says) => {
  const path = join(folder, "trust.pem");
  const where = `broker.tls.trustFile: ${path}`;
  await expect(read(text)).rejects.toMatchObject({
    name: "Problem",
    message: says.startsWith("holds") ? `${where} ${says}` : `${where}: ${says}`,
  });
});
