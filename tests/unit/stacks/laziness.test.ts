// cdktf takes half a second to load: a command that needs no stack does not reach it, not even later.
import { resolve } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { root } from "./variants.ts";

const { inputs } = await build({
  entryPoints: [resolve(root, "cli/main.ts")],
  absWorkingDir: root,
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  outdir: "unused",
  write: false,
  metafile: true,
  loader: { ".hbs": "text" },
}).then(({ metafile }) => metafile);

function reaches(file: string, wanted: string, seen = new Set<string>()): boolean {
  if (file === wanted) return true;
  if (seen.has(file)) return false;
  seen.add(file);
  return (inputs[file]?.imports ?? []).some(({ path }) => reaches(path, wanted, seen));
}

test("synth reaches it, so this test can see", () => {
  expect(reaches("cli/commands/synth.ts", "cdktf")).toBe(true);
});

test.each(["converge", "explain", "key", "lock", "rollback", "stage", "verify"])("%s", (command) => {
  expect(inputs).toHaveProperty([`cli/commands/${command}.ts`]);
  expect(reaches(`cli/commands/${command}.ts`, "cdktf")).toBe(false);
});

test("neither does the start of any other", () => {
  const atStart = (file: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const { path, kind } of inputs[file]?.imports ?? []) if (kind === "import-statement") atStart(path, seen);
    return seen;
  };
  expect(atStart("cli/main.ts")).toContain("commander");
  expect(atStart("cli/main.ts")).not.toContain("cdktf");
});
