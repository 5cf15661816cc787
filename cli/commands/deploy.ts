// bednet deploy: creates what fleet.yaml says, converges and verifies it; again, it puts right what has drifted.
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import { type SshOptions, withSsh } from "../ssh-options.ts";

interface Options extends FleetOption, SshOptions {
  readonly autoApprove?: true;
  readonly sweep?: true;
}

export default ((program, context) => {
  const command = program
    .command("deploy")
    .summary("create the host with Terraform, converge it, verify it")
    .description(
      "Creates with Terraform what fleet.yaml says, converges the host, moves the address, and verifies. Says beforehand what changes, what it costs a month, and how many clients it drops. Run again, it puts right what has drifted, on the host too, and always verifies. Exit code 0: applied, and every blocker passed.",
    )
    .option("--auto-approve", "do not ask: for pipelines")
    .option("--sweep", "also remove what bears this fleet's name and is in no state");
  withExamples(withSsh(withFleet(command)), "bednet deploy", "bednet deploy --auto-approve   (in a pipeline)");
  command.action((options: Options) => run(options, context));
}) satisfies Register;

async function run(options: Options, context: Context): Promise<void> {
  const { deploy } = await import("../deploy/deploy.ts");
  await deploy(options, context);
}
