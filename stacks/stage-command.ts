// The words that Terraform's local-exec spells: bednet's own CLI, by paths that hold in every checkout.
import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { sh } from "../remote/sh.ts";

/** `words` are arguments after --fleet; a token of cdktf stays one. */
export type StageCommands = (command: readonly string[], ...words: readonly string[]) => string;

/** Run in the stack's folder. `exec`, so that a signal that Terraform passes on reaches node and no shell in between. */
export function stageCommands(stackFolder: string, fleetFile: string): StageCommands {
  const cli = relativePath(stackFolder, join(packageFolder(), "cli", "bin.mjs"));
  const fleet = relativePath(stackFolder, fleetFile);
  return (command, ...words) => sh`exec node ${[cli, ...command, "--fleet", fleet, ...words]}`.text;
}

/** With slashes, and safe to stand in Terraform's JSON, whose strings are templates. */
export function relativePath(from: string, to: string): string {
  return relative(from, to)
    .split(sep)
    .join("/")
    .replace(/[$%](?=\{)/g, "$&$&");
}

/** Of the sources in a clone, and of the compiled files in a published package. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
