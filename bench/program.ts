// bednet as it is published: compiled, in a folder of its own.
import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { must } from "./command.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Resolves with the path of its bin. */
export async function compiledInto(folder: string): Promise<string> {
  await must(["node", join(root, "scripts/build.mjs")]);
  await mkdir(join(folder, "cli"), { recursive: true });
  await cp(join(root, "dist"), join(folder, "dist"), { recursive: true });
  await cp(join(root, "package.json"), join(folder, "package.json"));
  for (const file of ["bin.mjs", "compiled.mjs"]) await cp(join(root, "cli", file), join(folder, "cli", file));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return join(folder, "cli/bin.mjs");
}
