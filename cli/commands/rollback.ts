// bednet rollback: the broker's previous configuration, by hand.
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import { beforeWork, duringWork, type SshOptions, withSsh } from "../ssh-options.ts";

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

async function run(options: FleetOption & SshOptions, context: Context): Promise<void> {
  const { onHost } = await import("../on-host.ts");
  context.whenStopped(beforeWork);
  const rolledBack = await onHost(options, {}, context, async () => {
    const { rollback } = await import("../../provisioning/rollback.ts");
    return (host, options) => {
      context.whenStopped(duringWork);
      return rollback(host, options);
    };
  });
  const { rolledBackText } = await import("../converged-text.ts");
  context.output.print(rolledBackText(rolledBack));
}
