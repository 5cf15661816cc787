// Who may import whom. Read it as the table of contents; type-only imports do not count, `import()` does.
import { readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { resolve } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

const mayImport: Record<string, readonly string[]> = {
  fleet: [],
  templates: ["fleet"],
  remote: ["fleet"],
  provisioning: ["fleet", "templates", "remote"],
  stacks: ["fleet", "templates", "remote"],
  checks: ["fleet", "remote"],
  sandbox: ["fleet", "remote"],
  cli: ["fleet", "templates", "remote", "provisioning", "stacks", "checks", "sandbox"],
};

/** Each heavy package has one owner. */
const ownedBy: Record<string, string> = {
  zod: "fleet",
  yaml: "fleet",
  "csv-parse": "fleet",
  handlebars: "templates",
  cdktf: "stacks",
  "@cdktf/provider-digitalocean": "stacks",
  "node-ssh": "remote",
  mqtt: "checks",
  "@peculiar/x509": "sandbox",
  "reflect-metadata": "sandbox",
  commander: "cli",
  tsx: "cli",
};

const root = resolve(import.meta.dirname, "../..");
const files = Object.keys(mayImport).flatMap((folder) =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .map((file) => `${folder}/${file}`),
);

const folderOf = (path: string): string => path.split("/")[0]!;
const packageOf = (path: string): string =>
  path
    .split("/")
    .slice(0, path.startsWith("@") ? 2 : 1)
    .join("/");

const graph = await build({
  entryPoints: files.map((file) => resolve(root, file)),
  absWorkingDir: root,
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  outdir: "unused",
  write: false,
  metafile: true,
  external: ["../dist/*"],
  loader: { ".hbs": "text" },
}).then(({ metafile }) => metafile.inputs);

describe("folders import in one direction", () => {
  test.each(files)("%s", (file) => {
    const home = folderOf(file);
    for (const { path, external } of graph[file]!.imports) {
      if (path.startsWith("node:") || builtinModules.includes(path) || path.startsWith("../dist/")) continue;
      if (external) expect(ownedBy[packageOf(path)], `${file} imports ${path}`).toBe(home);
      else expect([home, ...mayImport[home]!], `${file} imports ${path}`).toContain(folderOf(path));
    }
  });

  test("every owner has a package of its own", () => {
    const used = new Set(
      files.flatMap((file) =>
        graph[file]!.imports.filter(({ external }) => external).map(({ path }) => packageOf(path)),
      ),
    );
    expect(Object.keys(ownedBy).filter((name) => !used.has(name))).toEqual([]);
  });

  test("no folder of sources is missing here", () => {
    const folders = readdirSync(root, { withFileTypes: true })
      .filter(
        (entry) => entry.isDirectory() && !/^(\.|node_modules|dist|docs|examples|tests|bench|scripts)/.test(entry.name),
      )
      .map(({ name }) => name);
    expect(folders.sort()).toEqual(Object.keys(mayImport).sort());
  });
});
