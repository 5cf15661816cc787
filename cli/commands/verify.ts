// bednet verify: is it really a production broker? Asked from outside.
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";

interface Options extends FleetOption {
  readonly address?: string;
  readonly only?: readonly string[];
  readonly json?: true;
}

export default ((program, context) => {
  const command = program
    .command("verify")
    .summary("prove from outside that the broker is a production broker")
    .description(
      "Connects to the broker from outside and judges the production checklist: private, TLS only, passwords, grants that deny, limits.\nHarms nobody. Exit code 0: every blocker passed; 1: one failed; 2: one could not be judged.",
    )
    .option("--address <address>", "connect here: for a name that does not resolve yet")
    .option("--only <checks...>", "run these checks alone")
    .option("--json", "print the report as JSON");
  withExamples(
    withFleet(command),
    "bednet verify",
    "bednet verify --address 203.0.113.10",
    "bednet verify --only publish-denied subscribe-denied",
  );
  command.action((options: Options) => run(options, context));
}) satisfies Register;

async function run(
  { fleet: path, address, only, json }: Options,
  { output, env, signal, finish }: Context,
): Promise<void> {
  const { readSite } = await import("../site.ts");
  const { planFleet } = await import("../../fleet/plan.ts");
  const { targetOf } = await import("../../checks/target.ts");
  const { verify } = await import("../../checks/verify.ts");
  const { exitCodeOf } = await import("../../checks/report.ts");
  const { fleet, lock, verifyKey, trust } = await readSite(path, env);
  const target = targetOf({
    fleet,
    plan: planFleet(fleet),
    lock,
    verifyKey,
    trust,
    ...(address !== undefined && { address }),
  });
  if (!json) output.progress(`asking ${fleet.broker.domain}`);
  const report = await verify(target, { signal, ...(only && { only }) });
  if (json) {
    const { jsonReport } = await import("../../checks/reports/json.ts");
    output.print(jsonReport(report));
  } else {
    const { reportText } = await import("../report-text.ts");
    output.print(reportText(report, output));
  }
  finish(exitCodeOf(report));
}
