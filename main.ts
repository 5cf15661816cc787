// What `cdktf deploy` runs: the stack of BEDNET_FLEET, or of ./fleet.yaml.
import { makeOutput } from "./cli/output.ts";
import { synth } from "./stacks/synth.ts";

const { env, stdout, stderr } = process;
await synth({ fleetFile: env.BEDNET_FLEET ?? "./fleet.yaml", outdir: env.CDKTF_OUTDIR ?? "cdktf.out" }).catch(
  (error) => {
    process.exitCode = makeOutput(stdout, stderr, env).failure(error);
  },
);
