// A host that a rehearsal kept: what it prints is enough to log in, to converge and verify by hand, and to remove it.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run, runAny } from "../../../sandbox/command.ts";
import { leftovers } from "../../../sandbox/leftovers.ts";
import { canRehearse } from "../../../sandbox/requirements.ts";

const root = resolve(import.meta.dirname, "../../..");
const example = join(root, "examples/small-farm");
const verdict = await canRehearse();
const bednet = (...words: string[]) => runAny([process.execPath, join(root, "cli/bin.mjs"), ...words]);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-kept-"));
});
afterAll(() => rm(folder, { recursive: true }));

test.runIf(verdict.ok)("go on by hand with what --keep prints, and remove it", async () => {
  const { stderr, exitCode } = await bednet("rehearse", "--keep", "--fleet", join(example, "fleet.yaml"));
  expect(exitCode, stderr).toBe(0);
  const [, name] = /^The host (\S+) stays up/m.exec(stderr)!;
  try {
    const [, ssh] = /^ {2}log in: +(.+)$/m.exec(stderr)!;
    expect(await run(["sh", "-c", `${ssh} -o BatchMode=yes hostname`])).toBe(`${name}\n`);

    await cp(example, folder, { recursive: true });
    const file = join(folder, "fleet.yaml");
    const pasted = /^broker:\n[\s\S]*?\n(?=\n)/m.exec(stderr)![0];
    const rest = (await readFile(file, "utf8")).replace(/^(broker|host):\n( .*\n)+/gm, "");
    await writeFile(file, rest + pasted);
    const commands = [...stderr.matchAll(/^node \S+\/cli\/bin\.mjs (.+)$/gm)].map(([, words]) => words!.split(" "));
    expect(commands.map(([command]) => command)).toEqual(["lock", "converge", "verify"]);
    const said = [];
    for (const words of commands) {
      const ended = await bednet(...words, "--fleet", file);
      expect(ended.exitCode, ended.stderr).toBe(0);
      said.push(ended.stdout);
    }
    expect(said[1]).toMatch(/^\d steps, \d changed/m);
    expect(said[2]).toMatch(/: 14 passed, /);
    const settings = /^export (.+)$/m
      .exec(stderr)![1]!
      .split(" ")
      .map((one) => one.split("=") as [string, string]);
    const verifyByName = [process.execPath, join(root, "cli/bin.mjs"), "verify", "--fleet", file] as const;
    const byName = await runAny(["env", ...settings.map((pair) => pair.join("=")), ...verifyByName]);
    expect(byName.stdout).toMatch(/: 14 passed, /);
  } finally {
    expect(await removeWithAnObstacle(name!)).toMatch(/^bednet-\d+ could not be removed whole:\n {2}could not remove /);
    expect(await bednet("rehearse", "--remove", name!)).toEqual({
      exitCode: 0,
      stdout: `${name} is removed.\n`,
      stderr: "",
    });
  }
  expect(await leftovers()).toEqual([]);
  expect(await bednet("rehearse", "--remove", name!)).toMatchObject({ exitCode: 1, stdout: "" });
});

/** Something that rm cannot take away: a file system of somebody else's in the run's folder. */
async function removeWithAnObstacle(name: string): Promise<string> {
  const obstacle = `/var/lib/bednet/runs/${name.slice("bednet-".length)}/obstacle`;
  await mkdir(obstacle);
  await run(["mount", "-t", "tmpfs", "tmpfs", obstacle]);
  try {
    const { exitCode, stdout, stderr } = await bednet("rehearse", "--remove", name);
    expect([exitCode, stdout]).toEqual([1, ""]);
    return stderr;
  } finally {
    await run(["umount", obstacle]);
  }
}

test.runIf(process.platform === "linux")("without root, removing is refused with what to do", async () => {
  const { exitCode, stdout, stderr } = await runAny([
    ...(["setpriv", "--reuid=65534", "--clear-groups", process.execPath, "--import", "tsx", "-e"] as const),
    `import("./sandbox/runs.ts").then((m) => m.removeKept("bednet-0")).catch((e) => console.log([e.name, e.message, e.fix].join("|")))`,
  ]);
  expect([exitCode, stdout, stderr]).toEqual([
    0,
    "Problem|removing a rehearsal host needs root|Run the command with sudo; nothing was removed.\n",
    "",
  ]);
});
