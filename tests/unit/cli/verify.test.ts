// bednet verify as a command: where the report goes, and what is refused before anybody is asked.
import { cp, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ran, run } from "./run.ts";

const example = fileURLToPath(new URL("../../../examples/small-farm/", import.meta.url));
const env = { BEDNET_KEY: "bednet-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-verify-"));
  for (const file of ["fleet.yaml", "devices.csv"]) await cp(example + file, join(folder, file));
  await run(["lock", "--fleet", join(folder, "fleet.yaml")], { env });
});
afterAll(() => rm(folder, { recursive: true }));

/** Asks for one check at a loopback address, where the answer comes at once. */
const verify = (junit: string): Promise<Ran> => {
  const asked = ["--address", "127.0.0.83", "--only", "plain-port"];
  return run(["verify", "--fleet", join(folder, "fleet.yaml"), ...asked, "--junit", junit], { env });
};

test("--junit writes the report that is printed too", async () => {
  const { stdout } = await verify(join(folder, "verify.xml"));
  expect(stdout).toContain("plain-port");
  expect(await readFile(join(folder, "verify.xml"), "utf8")).toContain("</testsuites>");
});

test("--junit makes no folder, and says so before anybody is asked", async () => {
  const before = await readdir(folder);
  const file = join(folder, "none/verify.xml");
  expect(await verify(file)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `--junit ${file}: there is no folder ${join(folder, "none")}\nMake it, or name a file in a folder that is there; nothing was verified.\n`,
  });
  expect(await verify(folder)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `--junit ${folder} is a folder, expected a file\nName a file in it; nothing was verified.\n`,
  });
  expect(await readdir(folder)).toEqual(before);
});

test("a report that cannot be written is printed all the same", async () => {
  const file = join(folder, "dangling.xml");
  await symlink(join(folder, "none/verify.xml"), file);
  const { exitCode, stdout, stderr } = await verify(file);
  expect(stdout).toContain("plain-port");
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining(
      `--junit ${file} cannot be written: ENOENT\nThe report above is whole. Name a file that can be written, and run the command again for it.\n`,
    ),
  ]);
});
