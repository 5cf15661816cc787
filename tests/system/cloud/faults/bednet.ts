// `tsx bednet.ts deploy|destroy FLEET [--sweep]`: the command as it is, with no host behind the droplet and little patience.
import type { Context } from "../../../../cli/command.ts";
import { deploy } from "../../../../cli/deploy/deploy.ts";
import { destroy } from "../../../../cli/deploy/destroy.ts";
import type { Surroundings } from "../../../../cli/deploy/surroundings.ts";
import { exitCodes } from "../../../../cli/exit-codes.ts";
import { makeOutput } from "../../../../cli/output.ts";
import { listenForSignals } from "../../../../cli/signals.ts";
import type { Observed } from "../../../../provisioning/observed.ts";

const [command, fleet = "", ...flags] = process.argv.slice(2);
const around: Surroundings = {
  lookAtHost: async () => ({ name: "broker", observed: {} as Observed, changes: [], effect: "none", clients: 0 }),
  prove: async () => 0,
  patience: { stageSeconds: 60, dropletSeconds: 60, otherSeconds: 30, askMs: 45_000, stopMs: 5_000 },
};

const output = makeOutput(process.stdout, process.stderr, process.env);
const { signal, whenStopped, release } = listenForSignals(output);
let exitCode: number = exitCodes.done;
const context: Context = {
  ...{ output, env: process.env, stdin: process.stdin, signal, whenStopped },
  finish: (code) => {
    exitCode = code;
  },
};
const options = { fleet, autoApprove: true, ...(flags.includes("--sweep") && { sweep: true as const }) } as const;
try {
  await (command === "destroy" ? destroy(options, context, around) : deploy(options, context, [], around));
} catch (error) {
  if (!signal.aborted || (error as Error).name !== "AbortError") exitCode = output.failure(error);
} finally {
  release();
}
process.exitCode = signal.aborted ? exitCodes.interrupted : exitCode;
