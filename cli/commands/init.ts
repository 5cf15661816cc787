// bednet init: the files of a new fleet, and its pipeline.
import { type Command, Option } from "commander";
import { type Context, type FleetOption, type Register, several, withExamples, withFleet } from "../command.ts";
import { type PipelineWish, pipelines } from "../init/pipeline.ts";
import { settings } from "../init/settings.ts";

interface Options extends FleetOption {
  readonly ci?: PipelineWish["ci"];
  readonly branch: string;
  readonly package?: string;
  readonly cdktf?: true;
  readonly [flag: string]: unknown;
}

export default ((program, context) => {
  const command = program
    .command("init")
    .summary("write the files of a new fleet, and a pipeline for it")
    .description(
      "Writes fleet.yaml, devices.csv, .gitignore, cdktf.json and package.json, and with --ci a pipeline: a pull request is told what it means without any secret, what is merged is deployed, every night is looked for drift.\nAsks on a terminal for what no option says. Writes over nothing; where fleet.yaml is there, it adds what is missing.",
    );
  for (const { flag, placeholder, question } of settings) {
    const option = new Option(`${flag} ${placeholder}`, question);
    command.addOption(placeholder.endsWith("...>") ? option.argParser(several) : option);
  }
  command
    .addOption(new Option("--ci <service>", "write a pipeline too; needs a remote state").choices(pipelines))
    .option("--branch <name>", "the branch that is deployed, for --ci github", "main")
    .option("--package <source>", "where npm gets bednet from: a version, a tarball, a git address")
    .option("--cdktf", "with cdktf-cli, to use cdktf deploy");
  withExamples(
    withFleet(command),
    "bednet init   (asks)",
    "bednet init --ci github   (a pipeline for the fleet that is there)",
    "bednet init --domain mqtt.example.com --provider existing --address 203.0.113.20 --admin-cidrs 198.51.100.7/32 --devices 100",
  );
  command.action((options: Options) => run(options, command, program.version() ?? "", context));
}) satisfies Register;

async function run(options: Options, command: Command, version: string, context: Context): Promise<void> {
  const { init } = await import("../init/init.ts");
  const { initText } = await import("../init/text.ts");
  const given = settings.flatMap(({ key, flag }) => {
    const value = options[command.options.find(({ long }) => long === flag)!.attributeName()];
    if (value === undefined) return [];
    return [[key, Array.isArray(value) ? value.join(" ") : String(value)] as const];
  });
  context.whenStopped("Stopping; nothing was written.");
  const { fleet: path, ci, branch } = options;
  const source = options.package ?? `^${version}`;
  const wish = { path, given: Object.fromEntries(given), ci, branch, source, withCdktf: options.cdktf === true };
  context.output.print(initText(await init(wish, context), ci));
}
