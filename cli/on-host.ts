// Work on the host of a fleet: read what lies beside fleet.yaml, connect, do it, close.
import type { ConvergeOptions } from "../provisioning/converge.ts";
import type { Host } from "../remote/host.ts";
import { connect } from "../remote/ssh.ts";
import type { Context, FleetOption } from "./command.ts";
import { rollout } from "./rollout.ts";
import { readSite } from "./site.ts";
import { type SshOptions, sshTarget } from "./ssh-options.ts";

interface Settings {
  readonly adopt?: boolean;
  readonly force?: boolean;
  readonly dnsWaitMs?: number;
}

export async function onHost<T>(
  { fleet, ...options }: FleetOption & SshOptions,
  { adopt = false, force = false, dnsWaitMs = 0 }: Settings,
  { output, env, signal }: Context,
  work: (host: Host, options: ConvergeOptions) => Promise<T>,
): Promise<T> {
  const site = await readSite(fleet, env);
  const ssh = await sshTarget(site, options, env);
  output.progress(`connecting to ${ssh.user}@${ssh.address}:${ssh.port}`);
  const host = await connect(ssh, signal);
  try {
    return await work(host, rollout(site, { ssh, adopt, force, dnsWaitMs, onProgress: output.progress, signal }));
  } finally {
    await host.close();
  }
}
