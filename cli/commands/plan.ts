// bednet plan: what follows from fleet.yaml, before anything exists. Needs no key, no lock, no network.
import { type Command, Option } from "commander";
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { type SshOptions, withSsh } from "../ssh-options.ts";

interface Options extends FleetOption, SshOptions {
  readonly json?: true;
  readonly host?: true;
  readonly adopt?: true;
  readonly force?: true;
  readonly against?: string;
  readonly markdown?: true;
}

export default ((program, context) => {
  const command = program
    .command("plan")
    .summary("show what follows from fleet.yaml: limits, memory, droplet, price, access")
    .description(
      "Shows what follows from fleet.yaml: limits, memory, droplet, price, access; each number with its arithmetic.\nNeeds no key, no lock and no network, and changes nothing. With --host it looks at the host and says what converge would do there, and what that costs the connected clients: none, reload or restart.\nWith --against it compares with another state of the same files, for a pull request: who comes and goes, what deploying it costs the connected clients and a month. That needs no key, host, token or network either, and runs nothing of what it reads.",
    )
    .option("--host", "say what converge would do on the host, without doing it")
    .option("--adopt", "with --host: as if converge were given --adopt")
    .option("--force", "with --host: as if converge were given --force")
    .addOption(
      new Option("--against <ref>", "compare with a git ref, or a folder with the other files").conflicts("host"),
    )
    .addOption(new Option("--markdown", "with --against: print a comment for a pull request").conflicts("json"))
    .option("--json", "print JSON");
  withExamples(
    withSsh(withFleet(command)),
    "bednet plan",
    "bednet plan --host",
    "bednet plan --against main --markdown",
    "bednet plan --fleet farms/north.yaml --json",
  );
  command.action((options: Options) => {
    refuseIdle(options, command);
    if (options.against !== undefined) return compare(options, options.against, context);
    return options.host ? previewHost(options, context) : plan(options, context);
  });
}) satisfies Register;

/** An option that would change nothing was meant to: better refused than passed over. */
function refuseIdle({ host, adopt, force, against, markdown }: Options, command: Command): void {
  const refuse = (option: string, needed: string): never =>
    command.error(`error: option '${option}' cannot be used without option '${needed}'`, { exitCode: exitCodes.usage });
  if (adopt && !host) refuse("--adopt", "--host");
  if (force && !host) refuse("--force", "--host");
  if (markdown && against === undefined) refuse("--markdown", "--against <ref>");
}

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

async function compare({ fleet: path, json, markdown }: Options, against: string, context: Context): Promise<void> {
  const { compareFleets } = await import("../against/comparison.ts");
  const { snapshotAt, snapshotBefore } = await import("../against/snapshot.ts");
  const { output, signal } = context;
  const comparison = compareFleets(against, await snapshotBefore(against, path, signal), await snapshotAt(path));
  if (json) return output.json(comparison);
  if (markdown) {
    const { comparisonMarkdown } = await import("../against/markdown.ts");
    return output.print(comparisonMarkdown(comparison));
  }
  const { comparisonText } = await import("../against/text.ts");
  output.print(comparisonText(comparison, output));
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
