// bednet drift: is what is there still what was deployed?
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import { type SshOptions, withSsh } from "../ssh-options.ts";

interface Options extends FleetOption, SshOptions {
  readonly json?: true;
}

export default ((program, context) => {
  const command = program
    .command("drift")
    .summary("say where cloud and host differ from fleet.yaml")
    .description(
      "Looks at DigitalOcean through Terraform and at the host over SSH, and says what differs from fleet.yaml. Changes nothing. Exit code 0: nothing differs; 1: something does, and `bednet deploy` puts it right; 2: it could not be told.",
    )
    .option("--json", "print JSON");
  withExamples(withSsh(withFleet(command)), "bednet drift", "bednet drift --json");
  command.action((options: Options) => run(options, context));
}) satisfies Register;

async function run(options: Options, context: Context): Promise<void> {
  const { drift } = await import("../deploy/drift.ts");
  await drift(options, context);
}
