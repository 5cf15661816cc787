// How commands reach the host: an existing one by fleet.yaml and its pinned key in fleet.hosts, a droplet by the API.
import { join } from "node:path";
import type { Command } from "commander";
import { Problem } from "../fleet/problem.ts";
import { placeOf, readPins, writePin } from "../remote/fleet-hosts.ts";
import { parseFingerprint } from "../remote/host-key.ts";
import { findLogin } from "../remote/login.ts";
import type { SshTarget } from "../remote/ssh.ts";
import type { Context } from "./command.ts";
import type { LeadsTo } from "./rollout.ts";
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
    .option(
      "--identity <file>",
      "SSH key to log in with, before the agent's; left out, the agent's, then ssh's usual ones",
    )
    .option("--host-key <fingerprint>", "pin this SSH host key (SHA256:…) in fleet.hosts at the first contact");
}

export async function sshTarget(
  { fleet, folder }: Pick<Site, "fleet" | "folder">,
  options: SshOptions,
  context: Pick<Context, "env" | "signal">,
): Promise<{ target: SshTarget; leadsTo?: LeadsTo; remember: () => Promise<void> }> {
  const { host } = fleet;
  if (host.provider !== "existing") {
    const { servingDroplet } = await import("./serving-droplet.ts");
    return { ...(await servingDroplet(fleet, options, context)), remember: async () => {} };
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
    isPinGiven: pinned === undefined,
    ...(await findLogin(options.identity ?? context.env.BEDNET_IDENTITY, context.env)),
  };
  // Only a key that the host has shown is worth remembering.
  const remember = async (): Promise<void> => {
    if (pinned === undefined && given !== undefined) await writePin(file, place, given);
  };
  return { target, remember };
}
