// bednet plan: what follows from fleet.yaml, before anything exists. Needs no key, no lock, no network.
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import { type SshOptions, withSsh } from "../ssh-options.ts";

interface Options extends FleetOption, SshOptions {
  readonly json?: true;
  readonly host?: true;
  readonly adopt?: true;
  readonly force?: true;
}

export default ((program, context) => {
  const command = program
    .command("plan")
    .summary("show what follows from fleet.yaml: limits, memory, droplet, price, access")
    .description(
      "Shows what follows from fleet.yaml: limits, memory, droplet, price, access; each number with its arithmetic.\nNeeds no key, no lock and no network, and changes nothing. With --host it looks at the host and says what converge would do there, and what that costs the connected clients: none, reload or restart.",
    )
    .option("--host", "say what converge would do on the host, without doing it")
    .option("--adopt", "with --host: as if converge were given --adopt")
    .option("--force", "with --host: as if converge were given --force")
    .option("--json", "print JSON");
  withExamples(
    withSsh(withFleet(command)),
    "bednet plan",
    "bednet plan --host",
    "bednet plan --fleet farms/north.yaml --json",
  );
  command.action((options: Options) => (options.host ? previewHost(options, context) : plan(options, context)));
}) satisfies Register;

async function plan({ fleet: path, json }: Options, { output }: Context): Promise<void> {
  const { readFleet } = await import("../../fleet/load.ts");
  const { planFleet } = await import("../../fleet/plan.ts");
  const { fleet } = await readFleet(path);
  const planned = planFleet(fleet);
  if (json) {
    const { planJson } = await import("../plan-json.ts");
    return output.json(planJson(fleet, planned));
  }
  const { planText } = await import("../plan-text.ts");
  output.print(planText(fleet, planned, output));
}

async function previewHost(options: Options, context: Context): Promise<void> {
  const { onHost } = await import("../on-host.ts");
  const seen = await onHost(options, options, context, async () => {
    const { preview } = await import("../../provisioning/preview.ts");
    return async (host, settings) => ({ host: host.name, ...(await preview(host, settings)) });
  });
  const { previewText } = await import("../converged-text.ts");
  const { host, changes, effect, clients } = seen;
  if (options.json) return context.output.json({ host, effect, clients, changes });
  context.output.print(previewText(host, seen));
}
