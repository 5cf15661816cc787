// Where a key is found, who else may read it, and that none is lost.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FleetKey } from "../../../fleet/credentials.ts";
import { readKey, readVerifyKey, writeKey } from "../../../fleet/key-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-key-"));
});
afterEach(() => rm(folder, { recursive: true }));

const key = FleetKey.parse("bednet-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
const exampleText = "bednet-key-1:ZFw7Q4Z1b_xj1yg8XKXiAPFv5UgfXqAG8fJUVPjXVBc";

test("nothing anywhere", async () => {
  expect(await readKey(folder, {})).toBeUndefined();
  expect(await readVerifyKey(folder, {})).toBeUndefined();
});

test("written private, read back, and beaten by the environment", async () => {
  expect(await writeKey(folder, key)).toBeUndefined();
  expect((await stat(join(folder, ".bednet/key"))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, ".bednet"))).mode & 0o777).toBe(0o700);
  expect((await readKey(folder, {}))?.id).toBe(key.id);
  expect((await readVerifyKey(folder, {}))?.id).toBe(key.verifyKey.id);
  expect((await readKey(folder, { BEDNET_KEY: exampleText }))?.id).toBe("3e5da2b4");
});

test("a verify key in the environment is enough, and needs no file", async () => {
  const env = { BEDNET_VERIFY_KEY: key.verifyKey.text().reveal() };
  expect((await readVerifyKey(folder, env))?.id).toBe(key.verifyKey.id);
  expect(await readKey(folder, env)).toBeUndefined();
});

test("a key that others can read is refused", async () => {
  await writeKey(folder, key);
  const path = join(folder, ".bednet/key");
  await chmod(path, 0o640);
  await expect(readKey(folder, {})).rejects.toMatchObject({
    message: `${path} has mode 0640: others on this machine can read the key`,
    fix: `Run: chmod 600 ${path}`,
  });
});

test("a key that cannot be read says which place it came from, and not what it was", async () => {
  const fix = "Copy the whole line that `bednet key show` prints.";
  const what = "this is not a fleet key: expected bednet-key-1: and 43 letters, digits, - or _ after it";
  await expect(readKey(folder, { BEDNET_KEY: "hunter2" })).rejects.toMatchObject({
    message: `BEDNET_KEY: ${what}`,
    fix,
  });
  await mkdir(join(folder, ".bednet"));
  const path = join(folder, ".bednet/key");
  await writeFile(path, "hunter2", { mode: 0o600 });
  await expect(readKey(folder, {})).rejects.toMatchObject({
    message: `${path} holds no fleet key, or only a part of one`,
    fix: "Bring the key back from your password manager with `bednet key set`. If it is lost, `bednet lock --new-key` makes another, and every device, service and person needs a new password.",
  });
});

test("a new key does not destroy the old one", async () => {
  await writeKey(folder, key);
  const kept = await writeKey(folder, FleetKey.parse(exampleText));
  expect(kept).toBe(join(folder, ".bednet/key-7bdf26e3"));
  expect(FleetKey.parse(await readFile(kept!, "utf8")).id).toBe(key.id);
  expect((await readKey(folder, {}))?.id).toBe("3e5da2b4");
  expect(await readdir(join(folder, ".bednet"))).toEqual([".gitignore", "key", "key-7bdf26e3"]);
});

test("beside an example lies the public key; any other key there is not ours to take", async () => {
  const farm = join(folder, "farm");
  await mkdir(farm);
  await writeFile(join(folder, "key"), `${exampleText}\n`);
  expect((await readKey(farm, {}))?.id).toBe("3e5da2b4");
  await writeFile(join(folder, "key"), key.text().reveal());
  expect(await readKey(farm, {})).toBeUndefined();
  await writeFile(join(folder, "key"), "the key is under the mat");
  expect(await readKey(farm, {})).toBeUndefined();
});
