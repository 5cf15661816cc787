// What makes one guest this guest: its names, its keys, its resolver, and a mark that it is a rehearsal.
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GuestKeys } from "./guest-keys.ts";
import type { Lease } from "./lease.ts";

export interface Furniture {
  readonly lease: Lease;
  readonly sshPort: number;
  readonly keys: GuestKeys;
}

/** Units without a sense in a container, which would only slow the boot or fail. */
const masked = ["console-getty.service", "getty@tty1.service", "systemd-networkd.service", "systemd-networkd.socket"];

export async function furnish(root: string, { lease, sshPort, keys }: Furniture): Promise<void> {
  const at = (path: string): string => join(root, path);
  await writeFile(at("etc/bednet-rehearsal"), "This host is a rehearsal and may be removed at any time.\n");
  await writeFile(at("etc/hostname"), `${lease.name}\n`);
  await writeFile(at("etc/hosts"), `127.0.0.1 localhost\n127.0.1.1 ${lease.name}\n::1 localhost ip6-localhost\n`);
  // An empty one would mean "first boot" to systemd, which then resets every unit to its preset.
  await writeFile(at("etc/machine-id"), `${randomBytes(16).toString("hex")}\n`);
  await rm(at("etc/resolv.conf"), { force: true });
  await writeFile(at("etc/resolv.conf"), await resolvers());
  await copyFile(keys.hostFile, at("etc/ssh/ssh_host_ed25519_key"));
  await writeFile(at("etc/ssh/ssh_host_ed25519_key.pub"), `${keys.host.line}\n`);
  if (sshPort !== 22) await writeFile(at("etc/ssh/sshd_config.d/port.conf"), `Port ${sshPort}\n`);
  await mkdir(at("root/.ssh"), { recursive: true, mode: 0o700 });
  await writeFile(at("root/.ssh/authorized_keys"), `${keys.clientLine}\n`, { mode: 0o600 });
  for (const unit of masked) await symlink("/dev/null", at(`etc/systemd/system/${unit}`));
}

/** A resolver on this machine's loopback (systemd-resolved) cannot be reached from the guest: then the ones behind it. */
async function resolvers(): Promise<string> {
  for (const file of ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]) {
    const text = await readFile(file, "utf8").catch(() => "");
    const usable = text
      .split("\n")
      .filter((line) => /^(nameserver|search|options)\s/.test(line) && !/^nameserver\s+(127\.|::1)/.test(line));
    if (usable.some((line) => line.startsWith("nameserver"))) return `${usable.join("\n")}\n`;
  }
  return "nameserver 9.9.9.9\nnameserver 1.1.1.1\n";
}
