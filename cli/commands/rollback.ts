// bednet rollback: the broker's previous configuration, by hand.
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import { type SshOptions, withSsh } from "../ssh-options.ts";

export default ((program, context) => {
  const command = program
    .command("rollback")
    .summary("put the broker's previous configuration back")
    .description(
      "Puts back the broker configuration that was in force before the last change, and proves it.\nPasswords stay as they are: nobody who was revoked comes back. The next converge applies fleet.yaml again.",
    );
  withExamples(withSsh(withFleet(command)), "bednet rollback");
  command.action((options: FleetOption & SshOptions) => run(options, context));
}) satisfies Register;

async function run(options: FleetOption & SshOptions, { output, env, signal }: Context): Promise<void> {
  const { readSite } = await import("../site.ts");
  const { sshTarget } = await import("../ssh-options.ts");
  const { connect } = await import("../../remote/ssh.ts");
  const { rollback } = await import("../../provisioning/rollback.ts");
  const { rollout } = await import("../rollout.ts");
  const site = await readSite(options.fleet, env);
  const ssh = await sshTarget(site, options, env);
  const host = await connect(ssh, signal);
  try {
    const { effect, dropped } = await rollback(
      host,
      rollout(site, { ssh, dnsWaitMs: 0, onProgress: output.progress, signal }),
    );
    const cost = effect === "restart" ? `restarted, ${dropped} clients dropped` : "reloaded, nobody dropped";
    output.print(
      `The previous configuration is in force again (${cost}).\nfleet.yaml is unchanged: the next bednet converge applies it again.`,
    );
  } finally {
    await host.close();
  }
}
