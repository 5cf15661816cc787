// The thirteen tasks by pyinfra, as it comes.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { must } from "./command.ts";
import type { Place } from "./place.ts";
import type { Tasks } from "./tasks.ts";

/** Resolves with a run that must change nothing. JSON's strings and lists are Python's too. */
export async function pyinfra(programs: string, place: Place, tasks: Tasks, folder: string) {
  await mkdir(folder, { recursive: true });
  const { guest, knownHosts } = place;
  const text = (value: unknown) => JSON.stringify(value);
  const login = `"ssh_user": "root", "ssh_key": ${text(guest.privateKeyFile)}, "ssh_known_hosts_file": ${text(knownHosts)}`;
  const files = tasks.files.map(async ({ path, content, owner, group, mode }, i) => {
    const src = join(folder, `file-${i}`);
    await writeFile(src, content);
    return `files.put(src=${text(src)}, dest=${text(path)}, user=${text(owner)}, group=${text(group)}, mode=${text(mode.replace(/^0/, ""))})`;
  });
  const deploy = [
    "from pyinfra.operations import apt, files, systemd",
    `apt.packages(packages=${text(tasks.packages)})`,
    ...(await Promise.all(files)),
    ...tasks.units.map((name) => `systemd.service(service=${text(name)}, running=True, enabled=True)`),
  ];
  await writeFile(join(folder, "inventory.py"), `hosts = [(${text(guest.address)}, {${login}})]\n`);
  await writeFile(join(folder, "deploy.py"), `${deploy.join("\n")}\n`);
  const argv = [join(programs, "pyinfra"), "-y", join(folder, "inventory.py"), join(folder, "deploy.py")] as const;
  return async (): Promise<undefined> => {
    const { stdout, stderr } = await must(argv, { LC_ALL: "C.UTF-8" });
    const said = stdout + stderr;
    // Success, errors, no change.
    if (!/Grand total\s+13\s+-\s+-\s+13/.test(said)) {
      throw new Error(`pyinfra had something to change:\n${said}`);
    }
  };
}
