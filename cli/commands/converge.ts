// bednet converge: makes the host match fleet.yaml.
import { InvalidArgumentError } from "commander";
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import { beforeWork, duringWork, type SshOptions, withSsh } from "../ssh-options.ts";

interface Options extends FleetOption, SshOptions {
  readonly adopt?: true;
  readonly force?: true;
  readonly wait: number;
}

export default ((program, context) => {
  const command = program
    .command("converge")
    .summary("make the host match fleet.yaml")
    .description(
      "Makes the host match fleet.yaml over SSH: packages, certificate, passwords, grants, limits, firewall.\nA new broker configuration is tried beside the old one and proved before it counts. Run again, it changes nothing.",
    )
    .option("--adopt", "move foreign Mosquitto configuration aside")
    .option("--force", "apply a lock that is older than what the host has")
    .option("--wait <minutes>", "how long to wait for the DNS record", minutes, 10);
  withExamples(
    withSsh(withFleet(command)),
    "bednet converge",
    "bednet converge --fleet farms/north.yaml --identity ~/.ssh/farm",
  );
  command.action((options: Options) => run(options, context));
}) satisfies Register;

async function run(options: Options, context: Context): Promise<void> {
  const started = performance.now();
  const { onHost } = await import("../on-host.ts");
  context.whenStopped(beforeWork);
  const settings = { ...options, dnsWaitMs: options.wait * 60_000 };
  await onHost(options, settings, context, async () => {
    const { converge } = await import("../../provisioning/converge.ts");
    const { convergedText } = await import("../converged-text.ts");
    return async (host, options) => {
      context.whenStopped(duringWork);
      const converged = await converge(host, options);
      // Before the goodbye, which takes another trip.
      context.output.print(convergedText(converged, (performance.now() - started) / 1000));
    };
  });
}

function minutes(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give whole minutes, such as 10.");
}
