// bednet verify: is it really a production broker? Asked from outside.
import { mkdir, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { dirname } from "node:path";
import { InvalidArgumentError } from "commander";
import { type Context, type FleetOption, type Register, several, withExamples, withFleet } from "../command.ts";

interface Options extends FleetOption {
  readonly address?: string;
  readonly only?: readonly string[];
  readonly json?: true;
  readonly junit?: string;
}

export default ((program, context) => {
  const command = program
    .command("verify")
    .summary("prove from outside that the broker is a production broker")
    .description(
      "Connects to the broker from outside and judges the production checklist: private, TLS only, passwords, grants that deny, limits.\nHarms nobody. Exit code 0: every blocker passed; 1: one failed; 2: one could not be judged.",
    )
    .option("--address <address>", "connect here: for a name that does not resolve yet", hostOnly)
    .option("--only <checks...>", "run these checks alone", several)
    .option("--json", "print the report as JSON")
    .option("--junit <file>", "write the report to this file too, as JUnit XML");
  withExamples(
    withFleet(command),
    "bednet verify",
    "bednet verify --address 203.0.113.10",
    "bednet verify --only publish-denied subscribe-denied",
    "bednet verify --junit verify.xml   (in a pipeline)",
  );
  command.action((options: Options) => run(options, context));
}) satisfies Register;

async function run(
  { fleet: path, address, only, json, junit }: Options,
  { output, env, signal, finish }: Context,
): Promise<void> {
  const { readSite } = await import("../site.ts");
  const { verifySite } = await import("../verify-site.ts");
  const { exitCodeOf } = await import("../../checks/report.ts");
  const site = await readSite(path, env);
  if (!json) output.progress(`asking ${site.fleet.broker.domain}`);
  const report = await verifySite(site, address, { env, signal }, { ...(only && { only }) });
  if (junit !== undefined) {
    const { junitReport } = await import("../../checks/reports/junit.ts");
    await mkdir(dirname(junit), { recursive: true });
    await writeFile(junit, junitReport(report));
  }
  if (json) {
    const { jsonReport } = await import("../../checks/reports/json.ts");
    output.print(jsonReport(report));
  } else {
    const { reportText } = await import("../report-text.ts");
    output.print(reportText(report, output));
  }
  finish(exitCodeOf(report));
}

function hostOnly(text: string): string {
  if (isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError("Give an IP address or a host name alone: the port is the fleet's.");
}
