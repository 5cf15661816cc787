// What is published works by itself: packed, unpacked elsewhere, and run without a source file near it.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const exec = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "bednet-package-"));
const packed = join(folder, "package");
const bednet = (...argv: string[]) => exec(process.execPath, [join(packed, "cli/bin.mjs"), ...argv]);
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
  expect(files.filter((file) => file.endsWith(".ts") || file.startsWith("tests") || file.includes(".bednet"))).toEqual(
    [],
  );
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
