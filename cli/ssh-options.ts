// How commands reach an existing host: its address from fleet.yaml, its pinned key from fleet.hosts, a login key.
import { join } from "node:path";
import type { Command } from "commander";
import { Problem } from "../fleet/problem.ts";
import { placeOf, readPins, writePin } from "../remote/fleet-hosts.ts";
import { parseFingerprint } from "../remote/host-key.ts";
import { findLogin } from "../remote/login.ts";
import type { SshTarget } from "../remote/ssh.ts";
import type { Context } from "./command.ts";
import type { Site } from "./site.ts";

export interface SshOptions {
  readonly identity?: string;
  readonly hostKey?: string;
}

/** What Ctrl-C says in a command that changes a host: the applying script outlives its link. */
export const beforeWork = "Stopping; nothing was sent to the host.";
export const duringWork = "Stopping here. What the host has begun it finishes by itself; the next run waits for it.";

export function withSsh(command: Command): Command {
  return command
    .option("--identity <file>", "SSH key to log in with, before the agent's; left out, the agent's, then ssh's usual ones")
    .option("--host-key <fingerprint>", "pin this SSH host key (SHA256:…) in fleet.hosts at the first contact");
}

export async function sshTarget(
  { fleet, folder }: Pick<Site, "fleet" | "folder">,
  options: SshOptions,
  env: Context["env"],
): Promise<{ target: SshTarget; remember: () => Promise<void> }> {
  const { host } = fleet;
  if (host.provider !== "existing") {
    throw new Problem(
      "host.provider is digitalocean: bednet does not know the droplet's address here",
      "Set host to { provider: existing, address: … } to work on a host of your own.",
    );
  }
  const file = join(folder, "fleet.hosts");
  const place = placeOf(host.address, host.port);
  const pinned = (await readPins(file)).get(place);
  const given = options.hostKey === undefined ? undefined : parseFingerprint(options.hostKey);
  if (pinned !== undefined && given !== undefined && given !== pinned) {
    throw new Problem(
      `--host-key says ${given}, and ${file} pins ${pinned} for ${place}`,
      `If you know that the host was rebuilt, remove its line from ${file} and run the command again; nothing was sent.`,
    );
  }
  const target = {
    address: host.address,
    port: host.port,
    user: host.user,
    pin: pinned ?? given,
    ...(await findLogin(options.identity, env)),
  };
  // Only a key that the host has shown is worth remembering.
  const remember = async (): Promise<void> => {
    if (pinned === undefined && given !== undefined) await writePin(file, place, given);
  };
  return { target, remember };
}
