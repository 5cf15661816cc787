// bednet lock: brings fleet.lock up to fleet.yaml, and makes the fleet's key the first time.
import { Option } from "commander";
import { type Context, type FleetOption, type Register, several, withExamples, withFleet } from "../command.ts";

interface Options extends FleetOption {
  readonly rotate?: readonly string[];
  readonly newKey?: boolean;
  readonly check?: boolean;
}

export default ((program, context) => {
  const command = program
    .command("lock")
    .summary("write fleet.lock: who may log in, as hashes to commit")
    .description(
      "Writes fleet.lock: a line for everybody who may log in, with a hash and no password. Commit it.\nThe first run makes the key that every password follows from.",
    )
    .option("--rotate <names...>", "give these principals a new password", several)
    .option("--new-key", "give the fleet a new key, and everybody a new password")
    .addOption(
      new Option("--check", "change nothing, and fail if fleet.lock is out of date").conflicts(["rotate", "newKey"]),
    );
  withExamples(
    withFleet(command),
    "bednet lock",
    "bednet lock --rotate soil-17",
    "bednet lock --check   (in a pipeline)",
  );
  command.action((options: Options) => (options.check ? check(options, context) : lock(options, context)));
}) satisfies Register;

async function lock({ fleet: path, rotate = [], newKey = false }: Options, { output, env }: Context): Promise<void> {
  const { readFleet } = await import("../../fleet/load.ts");
  const { relock } = await import("../relock.ts");
  const { fleet, folder } = await readFleet(path);
  const { count } = await import("../../fleet/figure.ts");
  if (fleet.devices.length > 2000) output.progress(`Deriving the passwords of ${count(fleet.devices.length)} devices`);
  const { update, madeKey } = await relock({ fleet, folder, env, rotate, newKey });
  const { lockText, madeKeyText } = await import("../lock-text.ts");
  if (madeKey) output.note(madeKeyText(madeKey));
  output.print(lockText(fleet, update));
}

async function check({ fleet: path }: Options, { output, env }: Context): Promise<void> {
  const { readFleet } = await import("../../fleet/load.ts");
  const { checkLock } = await import("../relock.ts");
  const { count } = await import("../../fleet/figure.ts");
  const { fleet, folder } = await readFleet(path);
  const { serial, lines } = await checkLock(fleet, folder, env);
  const active = lines.filter(({ state }) => state === "active").length;
  output.print(`fleet.lock is up to date: ${count(active)} may log in, serial ${serial}`);
}
