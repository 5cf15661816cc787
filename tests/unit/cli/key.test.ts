// bednet key: out to a password manager and back, and never a wrong one.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FleetKey, hashOf, keyOf, passwordOf } from "../../../fleet/credentials.ts";
import type { LockLine } from "../../../fleet/lock.ts";
import { rewriteLock } from "../../../fleet/lock-file.ts";
import { run } from "./run.ts";

const keyText = "bednet-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const verifyText = "bednet-verify-key-1:bffdbgw8LhLP-Al-NmLk7j0CNbl90-tECHWP0vHdoTQ";
const otherText = "bednet-key-1:ZFw7Q4Z1b_xj1yg8XKXiAPFv5UgfXqAG8fJUVPjXVBc";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-cli-"));
});
afterEach(() => rm(folder, { recursive: true }));

const bednet = (command: string, setting: Parameters<typeof run>[1] = {}) =>
  run([...command.split(" "), "--fleet", join(folder, "fleet.yaml")], setting);
const makeLock = () =>
  rewriteLock(folder, () => ({ lock: { serial: 1, keyId: "7bdf26e3", verifyKeyId: "3b4116e6", lines: [] } }));

test("set and show, with nothing but the key on stdout", async () => {
  expect(await bednet("key set", { stdin: `${keyText}\n` })).toEqual({
    exitCode: 0,
    stdout: `The key 7bdf26e3 is in ${folder}/.bednet/key.\n`,
    stderr: "",
  });
  expect((await stat(join(folder, ".bednet/key"))).mode & 0o777).toBe(0o600);
  expect(await bednet("key show")).toEqual({ exitCode: 0, stdout: `${keyText}\n`, stderr: "" });
  expect(await bednet("key show --verify")).toEqual({ exitCode: 0, stdout: `${verifyText}\n`, stderr: "" });
});

test("on a screen it says so, beside the key", async () => {
  const { stdout, stderr } = await bednet("key show", { env: { BEDNET_KEY: keyText }, isTTY: true });
  expect([stdout, stderr]).toEqual([
    `${keyText}\n`,
    "Whoever sees this screen has the key; a pipe into your password manager keeps it off.\n",
  ]);
});

test("a pipeline shows its verify key, and has no other", async () => {
  const env = { BEDNET_VERIFY_KEY: verifyText };
  expect((await bednet("key show --verify", { env })).stdout).toBe(`${verifyText}\n`);
  expect(await bednet("key show", { env })).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `there is no key: BEDNET_KEY is not set, and ${folder}/.bednet/key does not exist\nBring the key back from your password manager with \`bednet key set\`, or run \`bednet lock\` to start a new fleet.\n`,
  });
});

test("a key that fleet.lock was not made with is refused, and nothing is written", async () => {
  await makeLock();
  expect(await bednet("key set", { stdin: otherText })).toEqual({
    exitCode: 1,
    stdout: "",
    stderr:
      "this key is 3e5da2b4, and fleet.lock was made with 7bdf26e3\nLook for the key of this fleet; nothing was changed.\n",
  });
  expect(await readdir(folder)).toEqual(["fleet.lock"]);
  expect((await bednet("key set", { stdin: keyText })).stdout).toBe(
    `The key 7bdf26e3 is in ${folder}/.bednet/key, and fleet.lock was made with it.\n`,
  );
});

test("the key that was there is kept, and a set BEDNET_KEY is pointed out", async () => {
  await bednet("key set", { stdin: otherText });
  expect((await bednet("key set", { stdin: keyText, env: { BEDNET_KEY: otherText } })).stderr).toBe(
    `What was there is kept in ${folder}/.bednet/key-3e5da2b4.\nBEDNET_KEY is set, and goes before the file.\n`,
  );
  expect(await readFile(join(folder, ".bednet/key-3e5da2b4"), "utf8")).toBe(`${otherText}\n`);
});

test("a damaged key is replaced, and kept: half of it may be all that is left", async () => {
  const half = keyText.slice(0, 30);
  await mkdir(join(folder, ".bednet"));
  await writeFile(join(folder, ".bednet/key"), half, { mode: 0o600 });
  expect(await bednet("key set", { stdin: keyText })).toEqual({
    exitCode: 0,
    stdout: `The key 7bdf26e3 is in ${folder}/.bednet/key.\n`,
    stderr: `What was there is kept in ${folder}/.bednet/key-damaged.\n`,
  });
  expect(await readFile(join(folder, ".bednet/key-damaged"), "utf8")).toBe(half);
  expect((await bednet("key show")).stdout).toBe(`${keyText}\n`);
});

test("what is no key is refused without being repeated", async () => {
  expect(await bednet("key set", { stdin: "correct horse" })).toEqual({
    exitCode: 1,
    stdout: "",
    stderr:
      "this is not a fleet key: expected bednet-key-1: and 43 letters, digits, - or _ after it\nCopy the whole line that `bednet key show` prints.\n",
  });
});

test("a key is never taken from the command line", async () => {
  const { exitCode, stderr } = await bednet(`key set ${keyText}`);
  expect(exitCode).toBe(64);
  expect(stderr).not.toContain(keyText);
});

describe("the password of one principal", () => {
  const key = FleetKey.parse(keyText);
  const line = (name: string, changes: Partial<LockLine> = {}): LockLine => {
    const made = { name, state: "active", origin: "derived", generation: 2, ...changes } as const;
    return { ...made, keyId: keyOf(key, name).id, hash: hashOf(key, name, made.generation), ...changes };
  };
  const write = (...lines: LockLine[]) =>
    rewriteLock(folder, () => ({ lock: { serial: 1, keyId: key.id, verifyKeyId: key.verifyKey.id, lines } }));
  const env = { BEDNET_KEY: keyText };
  const verifyEnv = { BEDNET_VERIFY_KEY: verifyText };
  const refused = (stderr: string) => ({ exitCode: 1, stdout: "", stderr });

  test("is alone on stdout, on a screen too", async () => {
    await write(line("soil-17"));
    const printed = { exitCode: 0, stdout: `${passwordOf(key, "soil-17", 2).reveal()}\n`, stderr: "" };
    expect(await bednet("key password soil-17", { env })).toEqual(printed);
    expect(await bednet("key password soil-17", { env, isTTY: true })).toEqual(printed);
  });

  test("follows from the verify key for probes, and for nobody else", async () => {
    await write(line("bednet-prover"), line("soil-17"));
    const { stdout } = await bednet("key password bednet-prover", { env: verifyEnv });
    expect(stdout).toBe(`${passwordOf(key, "bednet-prover", 2).reveal()}\n`);
    expect(stdout).toBe((await bednet("key password bednet-prover", { env })).stdout);
    expect(await bednet("key password soil-17", { env: verifyEnv })).toEqual(
      refused(
        "the password of soil-17 follows from the fleet's key, and only the verify key is here\nPut the fleet's key in .bednet/key (`bednet key set`) or in BEDNET_KEY.\n",
      ),
    );
  });

  const other = FleetKey.parse(otherText);
  test.each([
    [
      "an unknown name, with the nearest one",
      "soil-71",
      'fleet.lock does not know "soil-71"\nDid you mean soil-17? A new row of devices.csv gets into fleet.lock by `bednet lock`.\n',
    ],
    [
      "an unknown name",
      "teapot",
      'fleet.lock does not know "teapot"\nfleet.lock lists who may log in. A new row of devices.csv gets there by `bednet lock`.\n',
    ],
    [
      "a revoked one",
      "gone",
      "gone is revoked since generation 2: no password lets it in\nIf it is to come back, put it into devices.csv or fleet.yaml again and run `bednet lock`; it gets a new password.\n",
    ],
    [
      "an imported one",
      "guest",
      "the hash of guest was taken over from elsewhere: its password is not known here\nAsk whoever chose it, or give guest a new one: `bednet lock --rotate guest`.\n",
    ],
    [
      "one of another key",
      "stray",
      "the key here is 7bdf26e3, and stray got its password from 3e5da2b4\nBring the key of this fleet back with `bednet key set`.\n",
    ],
    [
      "one that somebody wrote in",
      "forged",
      "fleet.lock was edited: the hash of forged does not come from this fleet's key, so its password is not known here\n`git log -p fleet.lock` shows who did it. Bring the file back from git, or run `bednet lock --rotate forged`.\n",
    ],
  ])("is refused to %s", async (_, name, stderr) => {
    await write(
      line("soil-17"),
      line("gone", { state: "revoked" }),
      line("guest", { origin: "imported", keyId: "-" }),
      line("stray", { keyId: other.id, hash: hashOf(other, "stray", 2) }),
      line("forged", { hash: hashOf(other, "forged", 2) }),
    );
    expect(await bednet(`key password ${name}`, { env })).toEqual(refused(stderr));
  });

  test("needs a lock and a key", async () => {
    expect(await bednet("key password soil-17", { env })).toEqual(
      refused("there is no fleet.lock beside the fleet file\nRun `bednet lock`: it gives everybody a password.\n"),
    );
    await write(line("soil-17"));
    expect(await bednet("key password soil-17")).toEqual(
      refused(
        `there is no key: BEDNET_KEY is not set, and ${folder}/.bednet/key does not exist\nBring the key back from your password manager with \`bednet key set\`. If it is lost, \`bednet lock --new-key\` makes another, and every device, service and person needs a new password.\n`,
      ),
    );
  });
});
