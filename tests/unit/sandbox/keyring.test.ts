import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findKeyring } from "../../../sandbox/keyring.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-keyring-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a keyring that knows Debian 12 or 13 is taken", async () => {
  const keyring = join(folder, "keyring.gpg");
  await writeFile(
    keyring,
    "\x99\x02Debian Archive Automatic Signing Key (12/bookworm) <ftpmaster@debian.org>\x88",
    "latin1",
  );
  expect(await findKeyring(keyring)).toBe(keyring);
});

test("an older one is refused, never skipped", async () => {
  const keyring = join(folder, "keyring.gpg");
  await writeFile(keyring, "Debian Archive Automatic Signing Key (11/bullseye) <ftpmaster@debian.org>");
  await expect(findKeyring(keyring)).rejects.toThrow(
    `${keyring} is older than Debian 12, so nothing from a Debian mirror could be trusted`,
  );
});

test("a missing one is refused, never skipped", async () => {
  const keyring = join(folder, "none.gpg");
  await expect(findKeyring(keyring)).rejects.toThrow(
    `${keyring} is not there, so nothing from a Debian mirror could be trusted`,
  );
});
