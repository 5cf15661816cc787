// bednet key: takes the fleet's key to a password manager and back, and gives out one password. No secret is ever an argument.
import { type Context, type FleetOption, folderOf, type Register, withExamples, withFleet } from "../command.ts";

export default ((program, context) => {
  const command = program
    .command("key")
    .helpCommand(false)
    .summary("show or set the fleet's key; give out one password")
    .description("The key that every password follows from: BEDNET_KEY, else .bednet/key beside fleet.yaml.");
  withExamples(
    command,
    "bednet key show | wl-copy",
    "pass show farm/bednet | bednet key set",
    "bednet key password soil-17 | wl-copy",
  );

  const show = command
    .command("show")
    .summary("print the key, or the verify key")
    .description(
      "Prints the key, or with --verify the one that a pipeline needs: it gives the passwords of probes and monitors, and of no device.",
    )
    .option("--verify", "print the verify key");
  withExamples(
    withFleet(show),
    "bednet key show | wl-copy",
    "bednet key show --verify | gh secret set BEDNET_VERIFY_KEY",
  );
  show.action((options: FleetOption & { verify?: true }) => showKey(options, context));

  const set = command
    .command("set")
    .summary("read the key from stdin and keep it")
    .description(
      "Reads the key from stdin and keeps it in .bednet/key, if it is the one that fleet.lock was made with.",
    );
  withExamples(
    withFleet(set),
    "pass show farm/bednet | bednet key set",
    "bednet key set   (asks, and does not show what you paste)",
  );
  set.action((options: FleetOption) => setKey(options, context));

  const password = command
    .command("password <name>")
    .summary("print one principal's password")
    .description(
      "Prints the password of one device, connection of a service, person, probe or monitor, and nothing else.\nNeeds the fleet's key; for bednet's own probes and monitors the verify key is enough.",
    );
  withExamples(
    withFleet(password),
    "bednet key password soil-17 | wl-copy",
    "bednet key password dashboard-2 | docker secret create mqtt_password -",
  );
  password.action(async (name: string, options: FleetOption) => {
    const { principalPassword } = await import("../principal-password.ts");
    context.output.print((await principalPassword(name, folderOf(options), context.env)).reveal());
  });
}) satisfies Register;

async function showKey(options: FleetOption & { verify?: true }, { output, env }: Context): Promise<void> {
  const { noKey, readKey, readVerifyKey } = await import("../../fleet/key-file.ts");
  const folder = folderOf(options);
  const key = await (options.verify ? readVerifyKey : readKey)(folder, env);
  if (key === undefined) throw noKey(folder);
  if (output.isTerminal)
    output.note("Whoever sees this screen has the key; a pipe into your password manager keeps it off.");
  output.print(key.text().reveal());
}

async function setKey(options: FleetOption, { output, env, stdin, signal }: Context): Promise<void> {
  const { FleetKey } = await import("../../fleet/credentials.ts");
  const { writeKey, keyPath } = await import("../../fleet/key-file.ts");
  const { readLock } = await import("../../fleet/lock-file.ts");
  const { refuseForeignKey } = await import("../../fleet/lock.ts");
  const { readSecret } = await import("../read-secret.ts");
  const folder = folderOf(options);
  const lock = await readLock(folder);
  const key = FleetKey.parse(
    (await readSecret(stdin, output, "Paste the key and press Enter (it is not shown):", signal)).reveal(),
  );
  if (lock) refuseForeignKey(lock, key);
  const old = await writeKey(folder, key);
  output.print(`The key ${key.id} is in ${keyPath(folder)}${lock ? ", and fleet.lock was made with it" : ""}.`);
  if (old !== undefined) output.note(`What was there is kept in ${old}.`);
  if (env.BEDNET_KEY) output.note("BEDNET_KEY is set, and goes before the file.");
}
