// bednet synth: the Terraform stack of fleet.yaml, for whoever runs Terraform or cdktf themselves.
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";

interface Options extends FleetOption {
  readonly output?: string;
}

export default ((program, context) => {
  const command = program
    .command("synth")
    .summary("write the Terraform stack of fleet.yaml")
    .description(
      "Writes the Terraform stack of fleet.yaml, which `bednet deploy` does by itself. Needs no key and no network.\ncdktf runs it when cdktf.json says so; Terraform is run in the folder that it prints.",
    )
    .option("--output <folder>", "where to; left out, $CDKTF_OUTDIR, else cdktf.out");
  withExamples(withFleet(command), "bednet synth", "bednet synth --fleet farms/north.yaml --output build/north");
  command.action((options: Options) => run(options, context));
}) satisfies Register;

async function run({ fleet, output: outdir }: Options, { output, env }: Context): Promise<void> {
  const { synth } = await import("../../stacks/synth.ts");
  const { folder } = await synth({ fleetFile: fleet, outdir: outdir ?? env.CDKTF_OUTDIR ?? "cdktf.out" });
  output.print(folder);
}
