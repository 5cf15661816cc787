// bednet converge: makes the host match fleet.yaml.
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import { type SshOptions, withSsh } from "../ssh-options.ts";

interface Options extends FleetOption, SshOptions {
  readonly adopt?: true;
  readonly force?: true;
  readonly wait: string;
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
    .option("--wait <minutes>", "how long to wait for the DNS record", "10");
  withExamples(
    withSsh(withFleet(command)),
    "bednet converge",
    "bednet converge --fleet farms/north.yaml --identity ~/.ssh/farm",
  );
  command.action((options: Options) => run(options, context));
}) satisfies Register;

async function run(options: Options, { output, env, signal }: Context): Promise<void> {
  const started = performance.now();
  const { readSite } = await import("../site.ts");
  const { sshTarget } = await import("../ssh-options.ts");
  const { connect } = await import("../../remote/ssh.ts");
  const { converge } = await import("../../provisioning/converge.ts");
  const { rollout } = await import("../rollout.ts");
  const { convergedText } = await import("../converged-text.ts");
  const site = await readSite(options.fleet, env);
  const ssh = await sshTarget(site, options, env);
  const host = await connect(ssh, signal);
  try {
    const dnsWaitMs = Number(options.wait) * 60_000;
    const { adopt = false, force = false } = options;
    const converged = await converge(
      host,
      rollout(site, { ssh, adopt, force, dnsWaitMs, onProgress: output.progress, signal }),
    );
    output.print(convergedText(converged, (performance.now() - started) / 1000));
  } finally {
    await host.close();
  }
}
