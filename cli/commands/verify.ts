// bednet verify: is it really a production broker? Asked from outside.
import { stat, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { dirname } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { Problem } from "../../fleet/problem.ts";
import { type Context, type FleetOption, type Register, several, withExamples, withFleet } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";

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
  command.action(async (options: Options) => {
    await refuseStrangers(options, command);
    await run(options, context);
  });
}) satisfies Register;

async function refuseStrangers({ only }: Options, command: Command): Promise<void> {
  const { checklist } = await import("../../checks/checklist.ts");
  const { strangersAmong } = await import("../../checks/choose.ts");
  const problem = strangersAmong(checklist, only);
  if (problem) command.error(`error: ${problem.message}\n${problem.fix}`, { exitCode: exitCodes.usage });
}

async function run(
  { fleet: path, address, only, json, junit }: Options,
  { output, env, signal, finish }: Context,
): Promise<void> {
  const { readSite } = await import("../site.ts");
  const { verifySite } = await import("../verify-site.ts");
  const { exitCodeOf } = await import("../../checks/report.ts");
  if (junit !== undefined) await refuseNoPlaceFor(junit);
  const site = await readSite(path, env);
  if (!json) output.progress(`asking ${site.fleet.broker.domain}`);
  const report = await verifySite(site, address, { env, signal }, { ...(only && { only }) });
  if (json) {
    const { jsonReport } = await import("../../checks/reports/json.ts");
    output.print(jsonReport(report));
  } else {
    const { reportText } = await import("../report-text.ts");
    output.print(reportText(report, output));
  }
  if (junit !== undefined) {
    const { junitReport } = await import("../../checks/reports/junit.ts");
    await writeReport(junit, junitReport(report));
  }
  finish(exitCodeOf(report));
}

/** Folders are not made: one that is not there is mostly a slip, and may be nobody's to make. */
async function refuseNoPlaceFor(file: string): Promise<void> {
  const isFolder = (path: string) =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (await isFolder(file))
    throw new Problem(`--junit ${file} is a folder, expected a file`, "Name a file in it; nothing was verified.");
  const folder = dirname(file);
  if (!(await isFolder(folder)))
    throw new Problem(
      `--junit ${file}: there is no folder ${folder}`,
      "Make it, or name a file in a folder that is there; nothing was verified.",
    );
}

async function writeReport(file: string, xml: string): Promise<void> {
  try {
    await writeFile(file, xml);
  } catch (error) {
    throw new Problem(
      `--junit ${file} cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      "The report above is whole. Name a file that can be written, and run the command again for it.",
      { cause: error },
    );
  }
}

function hostOnly(text: string): string {
  if (isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError("Give an IP address or a host name alone: the port is the fleet's.");
}
