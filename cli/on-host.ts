// Work on the host of a fleet: read what lies beside fleet.yaml, connect, do it, close.
import type { ConvergeOptions } from "../provisioning/converge.ts";
import type { Host } from "../remote/host.ts";
import type { Context, FleetOption } from "./command.ts";
import { dnsServersOf } from "./dns-servers.ts";
import { readSite } from "./site.ts";
import { type SshOptions, sshTarget } from "./ssh-options.ts";

interface Settings {
  readonly adopt?: boolean;
  readonly force?: boolean;
  readonly dnsWaitMs?: number;
}

type Work<T> = (host: Host, options: ConvergeOptions) => Promise<T>;

/** `load` brings the work in while the host is busy answering: loading code is half of a run that has nothing to do. */
export async function onHost<T>(
  { fleet, ...options }: FleetOption & SshOptions,
  { adopt = false, force = false, dnsWaitMs = 0 }: Settings,
  { output, env, signal }: Context,
  load: () => Promise<Work<T>>,
): Promise<T> {
  const site = await readSite(fleet, env);
  const { target: ssh, leadsTo, remember } = await sshTarget(site, options, { env, signal });
  const dnsServers = dnsServersOf(env);
  output.progress(`connecting to ${ssh.user}@${ssh.address}:${ssh.port}`);
  const { connect } = await import("../remote/ssh.ts");
  const connecting = connect(ssh, signal);
  const loading = Promise.all([load(), import("./rollout.ts")]);
  loading.catch(() => {}); // told below, when the connection is there to be closed
  const host = await connecting;
  try {
    await remember();
    const [work, { rollout }] = await loading;
    const settings = { ssh, adopt, force, dnsWaitMs, onProgress: output.progress, signal };
    return await work(
      host,
      rollout(site, { ...settings, ...(leadsTo && { leadsTo }), ...(dnsServers && { dnsServers }) }),
    );
  } finally {
    await host.close();
  }
}
