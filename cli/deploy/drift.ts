// Whether what is there is still what was deployed: the cloud by Terraform, the host by looking at it. Changes nothing.
import type { Context, FleetOption } from "../command.ts";
import type { SshOptions } from "../ssh-options.ts";
import { openStack } from "./open-stack.ts";
import { orphansText } from "./strays.ts";
import { changesNothing, summaryOf } from "./summary.ts";
import { survey } from "./survey.ts";

export async function drift(options: FleetOption & SshOptions & { json?: true }, context: Context): Promise<void> {
  const { output } = context;
  const ahead = await survey(await openStack(options, context), options, { mends: false }, context);
  const { changes, host, cloud } = ahead;
  const orphans = [...(cloud?.adoptable ?? []), ...(cloud?.orphans ?? [])];
  const isLost = cloud !== undefined && cloud.repairs.length > 0;
  const isClean = changesNothing(ahead) && orphans.length === 0 && !isLost;
  context.finish(isClean ? 0 : 1);
  if (options.json) {
    return output.json({
      drift: !isClean,
      cloud: changes.map(({ address, action, isDeposed }) => ({ address, action, ...(isDeposed && { isDeposed }) })),
      host: host && { name: host.name, effect: host.effect, clients: host.clients, changes: host.changes },
      orphans: orphans.map(({ says }) => says),
      assignmentUnknownToState: isLost,
    });
  }
  if (isClean) return output.print("No drift: cloud and host are what fleet.yaml says.");
  const lines = [
    "What `bednet deploy` would put right:",
    summaryOf(ahead),
    ...(isLost ? ["Terraform was kept from writing down what it did."] : []),
    ...(orphans.length > 0 ? [orphansText(orphans)] : []),
  ];
  output.print(lines.join("\n"));
}
