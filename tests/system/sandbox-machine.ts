// A guest as somebody's machine: the project is on it, and commands run as a login's would.
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../sandbox/command.ts";
import type { Guest } from "../../sandbox/guest.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

export async function bringProject(root: string): Promise<void> {
  const target = join(root, "project");
  await mkdir(target);
  const needed = ["package.json", "tsconfig.json", "node_modules", "fleet", "remote", "sandbox"];
  await run(["cp", "-a", ...needed.map((name) => join(project, name)), target]);
  await cp(process.execPath, join(root, "usr/local/bin/node"));
}

/** By systemd, as a login would be: in its own cgroup, under a manager that may refuse. */
export const asUnit = (guest: Guest, script: string) =>
  guest.exec([
    "systemd-run",
    "-q",
    "--wait",
    "--pipe",
    "--slice=user-0.slice",
    "--setenv=HOME=/root",
    "sh",
    "-c",
    script,
  ]);
