// What is published works by itself: packed, unpacked elsewhere, and run without a source file near it.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const exec = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "bednet-package-"));
const packed = join(folder, "package");
const cache = join(folder, "cache");
const bednet = (...argv: string[]) =>
  exec(process.execPath, [join(packed, "cli/bin.mjs"), ...argv], { env: { ...process.env, XDG_CACHE_HOME: cache } });
const example = join(packed, "examples/small-farm/fleet.yaml");

beforeAll(async () => {
  await exec("npm", ["pack", "--pack-destination", folder], { cwd: root });
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  await exec("tar", ["-xzf", join(folder, archive), "-C", folder]);
  // Stands for `npm install`, which would need a registry.
  symlinkSync(join(root, "node_modules"), join(packed, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("it holds no source, no test and no key but the public one", async () => {
  const files = readdirSync(packed, { recursive: true, encoding: "utf8" }).filter(
    (file) => !file.startsWith("node_modules"),
  );
  const isSource = (file: string): boolean => /(?<!\.d)\.(ts|hbs)$/.test(file) && !file.startsWith("examples/own-app/");
  expect(
    files.filter((file) => isSource(file) || file.startsWith("tests") || /\.bednet|cdktf\.out/.test(file)),
  ).toEqual([]);
  expect(files.filter((file) => /(^|\/)key/.test(file) && !/\.(js|md)$/.test(file))).toEqual(["examples/key"]);
});

test("plan is the same as from the sources", async () => {
  const source = await exec(process.execPath, [join(root, "cli/bin.mjs"), "plan", "--fleet", example]);
  expect((await bednet("plan", "--fleet", example)).stdout).toBe(source.stdout);
});

test("explain finds its texts", async () => {
  expect((await bednet("explain", "max-connections")).stdout).toMatch(
    /^The limit that the broker enforces {2}\(max-connections\)\n/,
  );
});

test("a local rehearsal finds its templates, and all checks pass", async () => {
  expect((await bednet("rehearse", "--local", "--fleet", example)).stdout).toMatch(/: 14 passed, /);
});

describe("what V8 compiled is kept for the next start", () => {
  const kept = join(cache, "bednet/compiled/plan");
  const plan = async () => (await bednet("plan", "--fleet", example)).stdout;
  let first: string;
  beforeAll(async () => {
    first = await plan();
  });

  test("and used there: it is not written again", async () => {
    const { ino } = statSync(kept);
    expect(await plan()).toBe(first);
    expect(statSync(kept).ino).toBe(ino);
  });

  test.each([
    ["cut off", (content: Buffer) => content.subarray(0, content.length / 2)],
    ["empty", () => Buffer.alloc(0)],
    [
      "changed in one byte",
      (content: Buffer) => Buffer.from(content.map((byte, i) => (i === 100_000 ? byte ^ 1 : byte))),
    ],
  ])("%s, it is not believed and made again", async (_, spoil) => {
    const good = readFileSync(kept);
    const spoiled = spoil(good);
    writeFileSync(kept, spoiled);
    expect(await plan()).toBe(first);
    expect(readFileSync(kept).equals(spoiled)).toBe(false);
  });

  test("a program that changed and is as long as before is not taken for the old one", async () => {
    const program = join(packed, "dist/main.cjs");
    const text = readFileSync(program, "utf8");
    await bednet("--help");
    const changed = text.replaceAll("print the", "PRINT the");
    expect(changed).not.toBe(text);
    writeFileSync(program, changed);
    const { stdout } = await bednet("--help");
    writeFileSync(program, text);
    expect(stdout).toContain("PRINT the");
  });

  test("a command that does not exist keeps nothing", async () => {
    await expect(bednet("pla")).rejects.toThrow();
    expect(readdirSync(join(cache, "bednet/compiled")).filter((name) => name.startsWith("pla"))).toEqual(["plan"]);
  });

  test("where nothing can be kept, the run is the same", async () => {
    const env = { ...process.env, XDG_CACHE_HOME: "/dev/null" };
    const { stdout, stderr } = await exec(process.execPath, [join(packed, "cli/bin.mjs"), "--version"], { env });
    expect([stdout, stderr]).toEqual([(await bednet("--version")).stdout, ""]);
  });
});
