// The thirteen tasks by Ansible, as it comes, with no connection left over from the run before.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { must } from "./command.ts";
import type { Place } from "./place.ts";
import type { Tasks } from "./tasks.ts";

/** Resolves with a run that must change nothing. */
export async function ansible(programs: string, place: Place, tasks: Tasks, folder: string) {
  await mkdir(folder, { recursive: true });
  const { guest, knownHosts } = place;
  const module = (name: string, values: object) => ({ [`ansible.builtin.${name}`]: values });
  const steps = [
    module("apt", { name: tasks.packages, state: "present" }),
    ...tasks.files.map(({ path: dest, content, owner, group, mode }) =>
      module("copy", { dest, content, owner, group, mode }),
    ),
    ...tasks.units.map((name) => module("systemd_service", { name, enabled: true, state: "started" })),
  ];
  const play = [{ hosts: "all", tasks: steps }];
  const args = `-o UserKnownHostsFile=${knownHosts}`;
  const inventory = `${guest.address} ansible_user=root ansible_ssh_private_key_file=${guest.privateKeyFile} ansible_ssh_common_args='${args}'\n`;
  await writeFile(join(folder, "play.json"), JSON.stringify(play));
  await writeFile(join(folder, "hosts"), inventory);
  // Empty: nobody's settings.
  await writeFile(join(folder, "ansible.cfg"), "");
  const sockets = join(folder, "s");
  const env = {
    ...{
      ANSIBLE_CONFIG: join(folder, "ansible.cfg"),
      ANSIBLE_HOME: join(folder, "home"),
      ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
    },
    ...{ LC_ALL: "C.UTF-8", PATH: `${programs}:${process.env.PATH}` },
  };
  return async (): Promise<undefined> => {
    const argv = [join(programs, "ansible-playbook"), "-i", join(folder, "hosts"), join(folder, "play.json")] as const;
    const { stdout } = await must(argv, env);
    if (!/ changed=0 /.test(stdout)) throw new Error(`Ansible had something to change:\n${stdout}`);
  };
}

/** Ends the connection that Ansible keeps for a minute; not part of what is measured. */
export async function endConnections(folder: string, { guest }: Place): Promise<void> {
  for (const name of await readdir(join(folder, "s")).catch(() => [])) {
    await must(["ssh", "-F", "none", "-o", `ControlPath=${join(folder, "s", name)}`, "-O", "exit", guest.address]);
  }
}
