// bednet replace: a new droplet for the same broker.
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import { type SshOptions, withSsh } from "../ssh-options.ts";

interface Options extends FleetOption, SshOptions {
  readonly abort?: true;
  readonly autoApprove?: true;
}

export default ((program, context) => {
  const command = program
    .command("replace")
    .summary("build a new droplet and move the address when it has proved itself")
    .description(
      "Builds a new droplet with the image that fleet.yaml names. It takes over the certificate, retained messages and queues; the address moves when the new droplet has passed its checklist, and the old one is removed. What the old one is told between the copy and the move is lost. If the checklist fails the old droplet keeps the address and goes on serving.",
    )
    .option("--abort", "give up a replacement that is not finished: the old droplet stays, the new one is removed")
    .option("--auto-approve", "do not ask");
  withExamples(withSsh(withFleet(command)), "bednet replace", "bednet replace --abort");
  command.action((options: Options) => run(options, context));
}) satisfies Register;

async function run({ abort, ...options }: Options, context: Context): Promise<void> {
  const { abortReplace, replace } = await import("../deploy/replace.ts");
  await (abort ? abortReplace : replace)(options, context);
}
