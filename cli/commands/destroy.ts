// bednet destroy: takes away what deploy created.
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";

interface Options extends FleetOption {
  readonly autoApprove?: true;
  readonly sweep?: true;
}

export default ((program, context) => {
  const command = program
    .command("destroy")
    .summary("remove what deploy created")
    .description(
      "Removes with Terraform what deploy created: the droplet with its retained messages and queues, the address, the record. The DNS zone is yours and stays. A host of provider existing stays as it is.",
    )
    .option("--auto-approve", "do not ask")
    .option("--sweep", "also remove what bears this fleet's name and is in no state");
  withExamples(withFleet(command), "bednet destroy");
  command.action((options: Options) => run(options, context));
}) satisfies Register;

async function run(options: Options, context: Context): Promise<void> {
  const { destroy } = await import("../deploy/destroy.ts");
  await destroy(options, context);
}
