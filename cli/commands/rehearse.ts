// bednet rehearse: the whole rollout on a throw-away host on this machine.
import { Option } from "commander";
import type { Verdict } from "../../sandbox/requirements.ts";
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";
import type { ToRehearse } from "../rehearsal-site.ts";

interface Options extends FleetOption {
  readonly on: "debian-13" | "debian-12";
  readonly keep?: boolean;
  readonly local?: true;
  readonly cloud?: true;
  readonly remove?: string;
  readonly json?: true;
}

export default ((program, context) => {
  const command = program
    .command("rehearse")
    .summary("run the whole rollout on a throw-away host on this machine")
    .description(
      "Boots a Debian host on this machine, gives it a certificate from a real ACME server, converges it, verifies it from outside and removes it.\nNeeds root on Linux; elsewhere the broker runs as a process on loopback, which proves less and says so.",
    )
    .addOption(
      new Option("--on <system>", "what the host runs").choices(["debian-13", "debian-12"]).default("debian-13"),
    )
    .option("--keep", "leave the host up, and say how to log in and how to remove it")
    .option("--local", "a broker as a process on loopback, no host")
    .option("--cloud", "deploy it with Terraform to a stand-in for DigitalOcean, look for drift, and destroy it")
    .option("--remove <name>", "remove a host that was kept")
    .option("--json", "print the report as JSON");
  withExamples(
    withFleet(command),
    "bednet rehearse",
    "sudo bednet rehearse --on debian-12 --keep",
    "sudo bednet rehearse --remove bednet-0",
  );
  command.action((options: Options) => run(options, context));
}) satisfies Register;

async function run(options: Options, context: Context): Promise<void> {
  const { output, env } = context;
  if (options.remove !== undefined) {
    const { removeKept } = await import("../../sandbox/runs.ts");
    await removeKept(options.remove);
    output.print(`${options.remove} is removed.`);
    return;
  }
  const { readRehearsed } = await import("../rehearsal-site.ts");
  const rehearsed = await readRehearsed(options.fleet, env);
  const { canRehearse } = await import("../../sandbox/requirements.ts");
  const verdict = options.local ? { ok: false as const, because: "--local was given", fix: "" } : await canRehearse();
  if (options.cloud) return onCloud(options, verdict, rehearsed, context);
  if (verdict.ok) {
    const { rehearseOnHost } = await import("../rehearse-on-host.ts");
    context.whenStopped("Stopping, and taking the throw-away host away.");
    return rehearseOnHost(rehearsed, options, context);
  }
  if (options.keep) {
    const { Problem } = await import("../../fleet/problem.ts");
    throw new Problem(`--keep needs a host, and ${verdict.because}`, verdict.fix || "Leave out --local.");
  }
  const { rehearseLocally } = await import("../rehearse-locally.ts");
  return rehearseLocally(rehearsed, verdict, options, context);
}

async function onCloud(options: Options, verdict: Verdict, rehearsed: ToRehearse, context: Context): Promise<void> {
  const { Problem } = await import("../../fleet/problem.ts");
  if (!verdict.ok)
    throw new Problem(`--cloud boots hosts, and ${verdict.because}`, verdict.fix || "Leave out --local.");
  if (options.keep || options.json) {
    throw new Problem(
      "--cloud goes with neither --keep nor --json",
      "Leave them out: it says what it does, and keeps nothing.",
    );
  }
  if (options.on === "debian-12") {
    throw new Problem(
      "DigitalOcean has no image of Debian 12 any more",
      "Leave out --on debian-12, or leave out --cloud.",
    );
  }
  const { rehearseOnCloud } = await import("../rehearse-on-cloud.ts");
  return rehearseOnCloud(rehearsed, options, context);
}
