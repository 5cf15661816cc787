// bednet stage: what Terraform runs around the moment at which the address moves.
import { type Command, InvalidArgumentError } from "commander";
import { type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import type { StageOptions } from "../stages/stage.ts";

export default ((program, context) => {
  const stage = program
    .command("stage")
    .summary("what Terraform runs around a droplet's address")
    .description(
      "What Terraform runs around the moment at which a droplet gets the address. `bednet deploy` and `cdktf deploy` call these; run by hand, each does what is left to do.",
    );
  withExamples(stage, "bednet stage before-address --droplet 400000001 --address 203.0.113.20");
  withFleet(stage.command("preflight"))
    .description("Asks DigitalOcean, before anything is created, whether everything that fleet.yaml names can be had.")
    .action(async (options: FleetOption) => (await import("../stages/preflight.ts")).preflight(options, context));
  withFleet(stage.command("unpin"))
    .description("Removes the pinned host keys of droplets that are gone.")
    .action(async () => (await import("../stages/unpin.ts")).unpin(context));
  withDroplet(stage.command("before-address"))
    .description("Makes a droplet ready to take the address over, and verifies it at its own address.")
    .action(async (options: StageOptions) =>
      (await import("../stages/before-address.ts")).beforeAddress(options, context),
    );
  withDroplet(stage.command("after-address"))
    .description("Finishes the droplet that holds the address, and verifies it by name.")
    .action(async (options: StageOptions) =>
      (await import("../stages/after-address.ts")).afterAddress(options, context),
    );
  withFleet(stage.command("verify"))
    .description("Verifies a host that is there already, by name.")
    .action(async (options: FleetOption) => (await import("../stages/verify.ts")).verifyHost(options, context));
}) satisfies Register;

const withDroplet = (command: Command): Command =>
  withFleet(command)
    .requiredOption("--droplet <id>", "the droplet", dropletId)
    .requiredOption("--address <address>", "the reserved address");

function dropletId(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give the number of a droplet.");
}
