// bednet lock on a folder of its own: what it writes, says and refuses.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { principalsOf } from "../../../fleet/access.ts";
import { FleetKey, hashOf } from "../../../fleet/credentials.ts";
import { readFleet } from "../../../fleet/load.ts";
import { run } from "./run.ts";

const example = fileURLToPath(new URL("../../../examples/small-farm/", import.meta.url));
const everybody = principalsOf((await readFleet(`${example}fleet.yaml`)).fleet).length;
const keyText = "bednet-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const env = { BEDNET_KEY: keyText };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-cli-"));
  for (const file of ["fleet.yaml", "devices.csv"]) await cp(example + file, join(folder, file));
});
afterEach(() => rm(folder, { recursive: true }));

const bednet = (command: string, setting: Parameters<typeof run>[1] = {}) =>
  run([...command.split(" "), "--fleet", join(folder, "fleet.yaml")], setting);
const edit = async (file: string, change: (text: string) => string): Promise<void> =>
  writeFile(join(folder, file), change(await readFile(join(folder, file), "utf8")));
const removeDevice = (id: string) => edit("devices.csv", (text) => text.replace(new RegExp(`^${id},.*\n`, "m"), ""));
const addDevice = (id: string) => edit("devices.csv", (text) => `${text}${id},soil-sensor\n`);

test("the first run makes a key and says what to do with it", async () => {
  expect(await bednet("lock")).toEqual({
    exitCode: 0,
    stdout: `fleet.lock: ${everybody} added, serial 1\nNext: commit fleet.lock, then \`bednet converge\`.\n`,
    stderr: `A new key for this fleet is in ${folder}/.bednet/key: only you can read it, and git ignores it.
Every password follows from it. Keep a copy where you keep passwords: \`bednet key show\` prints it.
`,
  });
  expect((await readdir(folder)).sort()).toEqual([".bednet", "devices.csv", "fleet.lock", "fleet.yaml"]);
  const again = { exitCode: 0, stderr: "" };
  expect(await bednet("lock")).toEqual({
    ...again,
    stdout: `fleet.lock: nothing to do, ${everybody} unchanged, serial 1\n`,
  });
  expect(await bednet("lock --check")).toEqual({
    ...again,
    stdout: `fleet.lock is up to date: ${everybody} may log in, serial 1\n`,
  });
});

test("a device comes, goes and comes back", async () => {
  await bednet("lock", { env });
  await addDevice("soil-new-1");
  await removeDevice("soil-north-1");
  expect(await bednet("lock --check", { env })).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `fleet.lock does not match the fleet:
  1 not in the lock: soil-new-1
  1 no longer in the fleet: soil-north-1
Run \`bednet lock\` and commit fleet.lock.
`,
  });
  const next = "Next: commit fleet.lock, then `bednet converge`.\n";
  expect((await bednet("lock", { env })).stdout).toBe(
    `fleet.lock: 1 added, 1 revoked, ${everybody - 1} unchanged, serial 2\n${next}`,
  );
  await addDevice("soil-north-1");
  expect((await bednet("lock", { env })).stdout).toBe(
    `fleet.lock: 1 back with a new password, ${everybody} unchanged, serial 3\n1 device needs its new secret.\n${next}`,
  );
});

test("rotating says who needs the new password", async () => {
  await bednet("lock", { env });
  expect((await bednet("lock --rotate soil-north-1 soil-north-2 dashboard", { env })).stdout).toBe(
    `fleet.lock: 3 rotated, ${everybody - 3} unchanged, serial 2\n2 devices need their new secret.
1 connection of a service needs its new password: dashboard.
\`bednet key password NAME\` prints it.
Next: commit fleet.lock, then \`bednet converge\`.
`,
  );
  expect((await bednet("lock --rotate ana", { env })).stdout).toBe(
    `fleet.lock: 1 rotated, ${everybody - 1} unchanged, serial 3
1 person needs a new password: ana.
\`bednet key password NAME\` prints it.
Next: commit fleet.lock, then \`bednet converge\`.
`,
  );
});

test("no key, but a lock", async () => {
  await bednet("lock", { env });
  expect(await bednet("lock")).toEqual({
    exitCode: 1,
    stdout: "",
    stderr:
      "there is no key, and fleet.lock was made with 7bdf26e3\nBring it back from your password manager with `bednet key set`. If it is lost, `bednet lock --new-key` makes another, and every device, service and person needs a new password.\n",
  });
});

test("a new key on request, and the old one is kept", async () => {
  await bednet("lock");
  const before = await readFile(join(folder, ".bednet/key"), "utf8");
  const { id } = FleetKey.parse(before);
  const { exitCode, stdout, stderr } = await bednet("lock --new-key");
  expect([exitCode, stdout]).toEqual([
    0,
    `fleet.lock: ${everybody} rotated, serial 2
6 devices need their new secret.
2 connections of services need their new password: dashboard, dashboard-2.
1 person needs a new password: ana.
\`bednet key password NAME\` prints it.
Next: commit fleet.lock, then \`bednet converge\`.
`,
  ]);
  expect(stderr).toContain(`What was there before is kept in ${folder}/.bednet/key-${id}.\n`);
  expect(await readFile(join(folder, `.bednet/key-${id}`), "utf8")).toBe(before);
  expect((await bednet("lock --check")).exitCode).toBe(0);
});

test("a damaged key stops the lock, and a new key on request replaces it", async () => {
  await bednet("lock");
  await writeFile(join(folder, ".bednet/key"), "bednet-key-1:AAEC\n");
  expect(await bednet("lock")).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `${folder}/.bednet/key holds no fleet key, or only a part of one\nBring the key back from your password manager with \`bednet key set\`. If it is lost, \`bednet lock --new-key\` makes another, and every device, service and person needs a new password.\n`,
  });
  const { exitCode, stderr } = await bednet("lock --new-key");
  expect([exitCode, stderr]).toEqual([
    0,
    expect.stringContaining(`What was there before is kept in ${folder}/.bednet/key-damaged.\n`),
  ]);
  expect((await bednet("lock --check")).exitCode).toBe(0);
});

test("a new key cannot come from the same environment", async () => {
  await bednet("lock", { env });
  expect((await bednet("lock --new-key", { env })).stderr).toBe(
    `BEDNET_KEY is the key of fleet.lock, so it cannot be the new one\nUnset BEDNET_KEY to have a new key made in ${folder}/.bednet/key, or set it to the new key.\n`,
  );
});

test("a line that somebody wrote in is refused, by lock and by --check, and rotated away", async () => {
  await bednet("lock", { env });
  const theirs = hashOf(FleetKey.generate(), "soil-north-1", 1);
  await edit("fleet.lock", (text) => text.replace(/^(soil-north-1 .*)\$7\$.*$/m, (_, head) => head + theirs));
  const refused = {
    exitCode: 1,
    stdout: "",
    stderr:
      "fleet.lock was edited: 1 not derived from this fleet's key: soil-north-1\nWhoever wrote such a line knows its password; `git log -p fleet.lock` shows who. Then `bednet lock --rotate soil-north-1`, or bring the file back from git.\n",
  };
  expect(await bednet("lock", { env })).toEqual(refused);
  expect(await bednet("lock --check", { env })).toEqual(refused);
  expect((await bednet("lock --rotate soil-north-1", { env })).exitCode).toBe(0);
  expect((await bednet("lock --check", { env })).exitCode).toBe(0);
});

test("two at once end as one after the other", async () => {
  await Promise.all([bednet("lock"), bednet("lock")]);
  await Promise.all([
    bednet("lock --rotate dashboard"),
    bednet("lock --rotate ana"),
    bednet("lock --rotate soil-north-1"),
  ]);
  const text = await readFile(join(folder, "fleet.lock"), "utf8");
  expect(text).toMatch(/^serial 4$/m);
  expect(text.match(/^\S+ active derived 2 /gm)).toHaveLength(3);
});

test("a fleet with a mistake is not locked, and no key is made", async () => {
  await edit("fleet.yaml", (text) => `${text}\nmonitor: true\n`);
  expect((await bednet("lock")).exitCode).toBe(1);
  expect((await readdir(folder)).sort()).toEqual(["devices.csv", "fleet.yaml"]);
});
