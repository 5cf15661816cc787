// What a rehearsal needs from this machine.
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { hasApt } from "./apt.ts";
import { forChildren, runAny } from "./command.ts";

/** Command (or file) → Debian package. */
type Requirement = readonly [what: string, debianPackage: string];

/** None of these packages starts a service when it is installed. */
const forRehearsals: readonly Requirement[] = [
  ["debootstrap", "debootstrap"],
  ["systemd-nspawn", "systemd-container"],
  ["ip", "iproute2"],
  ["nft", "nftables"],
  ["pebble", "pebble"],
  ["pebble-challtestsrv", "pebble"],
  ["ssh-keygen", "openssh-client"],
  ["/usr/share/keyrings/debian-archive-keyring.gpg", "debian-archive-keyring"],
  ["flock", "util-linux"],
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["setpriv", "util-linux"],
];

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly because: string; readonly fix: string };

/** Debian packages to install, each once; empty when nothing is missing. */
export async function missingPackages(requirements = forRehearsals): Promise<string[]> {
  const found = await Promise.all(requirements.map(([what]) => isThere(what)));
  return [...new Set(requirements.filter((_, i) => !found[i]).map(([, debianPackage]) => debianPackage))];
}

async function isThere(what: string): Promise<boolean> {
  const folders = what.startsWith("/") ? [""] : forChildren(process.env).PATH!.split(":");
  const tries = folders.map((folder) =>
    access(join(folder, what), constants.R_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(tries)).includes(true);
}

/** A network and a mount of our own, and an overlay: tried for real, where nobody else sees it. */
const trial = `mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir lower upper work merged &&
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged`;

/** Whether a throw-away host can run here; installs nothing. */
export async function canRehearse(): Promise<Verdict> {
  const no = (because: string, fix: string): Verdict => ({ ok: false, because, fix });
  if (process.platform !== "linux") return no("a throw-away host needs Linux", "Run it on Linux, or in a Linux VM.");
  if (process.getuid?.() !== 0) return no("a throw-away host needs root", "Run it with sudo.");
  const missing = await missingPackages();
  if (missing.length > 0 && !(await hasApt())) {
    return no(
      `${missing.join(", ")} are missing and this is not Debian or Ubuntu`,
      "Install them with your package manager.",
    );
  }
  if (missing.includes("util-linux")) return { ok: true }; // Debian's, and installable; the trial needs it
  const { exitCode, stderr } = await runAny(["unshare", "--net", "--mount", "sh", "-c", trial]);
  if (exitCode === 0) return { ok: true };
  return no(
    `this machine does not allow network namespaces, mounts or overlayfs (${stderr.trim().split("\n").at(-1)})`,
    "Run it on a machine or VM of your own; a container needs to be privileged.",
  );
}
