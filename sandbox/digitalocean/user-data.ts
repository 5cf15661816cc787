// What cloud-init makes of user data on the first boot, as far as it is imitated; more is refused, not left out.
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../../fleet/problem.ts";
import { readYaml } from "../../fleet/yaml-source.ts";
import type { HostOrder } from "./hosts.ts";

interface FirstBoot {
  readonly sshKeys: readonly string[];
  /** A shell script, run once as root when the network is up. */
  readonly script: string;
}

export function firstBootOf(userData: string): FirstBoot {
  if (userData.trim() === "") return { sshKeys: [], script: "" };
  if (userData.startsWith("#!")) return { sshKeys: [], script: userData };
  if (!userData.startsWith("#cloud-config")) throw notImitated(`what begins with ${userData.slice(0, 20)}`);
  const { ssh_authorized_keys, runcmd, ...others } = (readYaml(userData, "user data").value ?? {}) as CloudConfig;
  for (const name of Object.keys(others)) throw notImitated(name);
  const commands = (runcmd ?? []).map((command) => {
    if (typeof command !== "string") throw notImitated("runcmd with lists of words");
    return command;
  });
  return {
    sshKeys: ssh_authorized_keys ?? [],
    script: commands.length === 0 ? "" : ["#!/bin/sh", ...commands, ""].join("\n"),
  };
}

interface CloudConfig {
  readonly ssh_authorized_keys?: readonly string[];
  readonly runcmd?: readonly unknown[];
}

const notImitated = (what: string): Problem =>
  new Problem(
    `a rehearsal does not imitate ${what} in a droplet's user data`,
    "Use ssh_authorized_keys, runcmd with one text a command, or a script that begins with #!.",
  );

const unit = `[Unit]
Description=User data of the rehearsal's droplet
After=network-online.target ssh.service
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/user-data
ExecStartPost=/bin/rm /etc/systemd/system/multi-user.target.wants/user-data.service
`;

/** Only the keys that the droplet was ordered with may log in. */
export async function furnishDroplet(root: string, { name, sshKeys, userData }: HostOrder): Promise<void> {
  const at = (path: string): string => join(root, path);
  const first = firstBootOf(userData);
  const keys = [...sshKeys, ...first.sshKeys].map((line) => `${line.trim()}\n`).join("");
  await writeFile(at("root/.ssh/authorized_keys"), keys, { mode: 0o600 });
  await writeFile(at("etc/hostname"), `${name}\n`);
  await writeFile(at("etc/hosts"), `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost\n`);
  if (first.script === "") return;
  await writeFile(at("usr/local/sbin/user-data"), first.script);
  await chmod(at("usr/local/sbin/user-data"), 0o755);
  await writeFile(at("etc/systemd/system/user-data.service"), unit);
  await mkdir(at("etc/systemd/system/multi-user.target.wants"), { recursive: true });
  await symlink("../user-data.service", at("etc/systemd/system/multi-user.target.wants/user-data.service"));
}
