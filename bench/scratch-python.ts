// Ansible and pyinfra in an environment of their own, in the cache folder and never in the project.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../sandbox/base.ts";
import { must } from "./command.ts";

const wanted = ["ansible-core==2.19.*", "pyinfra==3.10.*"];

/** Resolves with the folder of its programs. Python 3.11 or newer must be there. */
export async function scratchPython(): Promise<string> {
  const folder = join(cacheFolder(), "bench-python");
  const programs = join(folder, "bin");
  const isThere = await Promise.all(["ansible-playbook", "pyinfra"].map((name) => access(join(programs, name)))).then(
    () => true,
    () => false,
  );
  if (isThere) return programs;
  await must(["python3", "-m", "venv", "--clear", folder]);
  await must([join(programs, "pip"), "install", "--quiet", "--disable-pip-version-check", ...wanted]);
  return programs;
}
