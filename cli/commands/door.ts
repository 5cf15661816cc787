// bednet door: SSH to the droplet for this machine alone, for as long as a pipeline works.

import { isIPv4 } from "node:net";
import { hostname } from "node:os";
import { InvalidArgumentError } from "commander";
import { type Context, type FleetOption, type Register, withExamples, withFleet } from "../command.ts";

interface DoorOptions extends FleetOption {
  readonly run?: string;
}

export default ((program, context) => {
  const door = program
    .command("door")
    .helpCommand(false)
    .summary("open SSH to the droplet for this machine, and close it again")
    .description(
      "Opens port 22 of the droplet for this machine's address, by a second cloud firewall that the managed one knows nothing of.\nFor a runner whose address nobody knows beforehand: open, deploy, close; and a nightly sweep for runs that were cut off. Needs DIGITALOCEAN_TOKEN.",
    );
  withExamples(door, "bednet door open", "bednet door close", "bednet door sweep --older-than 60");

  const open = door
    .command("open")
    .summary("open it")
    .description("Opens port 22 for one IPv4 address: this machine's, as DigitalOcean sees it.")
    .option("--address <address>", "open it for this address", ipv4);
  withExamples(withRun(open), "bednet door open", "bednet door open --address 203.0.113.9");
  open.action((options: DoorOptions & { address?: string }) => openDoor(options, context));

  const close = door
    .command("close")
    .summary("close what the same run has opened")
    .description("Closes what the same run has opened. Nothing open is fine too.");
  withExamples(withRun(close), "bednet door close");
  close.action((options: DoorOptions) => closeDoor(options, context));

  const sweep = door
    .command("sweep")
    .summary("close what runs that were cut off have left open")
    .description("Closes every door of the fleet that is older than any run takes.")
    .option("--older-than <minutes>", "how old it must be", minutes, 60);
  withExamples(withFleet(sweep), "bednet door sweep", "bednet door sweep --older-than 0");
  sweep.action((options: FleetOption & { olderThan: number }) => sweepDoors(options, context));
}) satisfies Register;

const withRun = (command: Parameters<typeof withFleet>[0]) =>
  withFleet(command).option("--run <name>", "whose door it is; left out, the pipeline's run, or this machine");

async function openDoor(options: DoorOptions & { address?: string }, context: Context): Promise<void> {
  const { openDoor } = await import("../../remote/digitalocean/door.ts");
  const { ownAddressSeenBy } = await import("../../remote/digitalocean/own-address.ts");
  context.whenStopped("Stopping. Whether the door is open nobody knows: `bednet door close` closes it.");
  const { api, fleet } = await account(options, context);
  const address = options.address ?? (await ownAddressSeenBy(api.url, context.signal));
  if (address === undefined) {
    const { Problem } = await import("../../fleet/problem.ts");
    throw new Problem(
      `${api.url} does not tell which IPv4 address this machine has on the internet`,
      "Name it with --address; nothing was changed.",
      { exitCode: 2 },
    );
  }
  const { name } = await openDoor(api, { fleet, run: runOf(options, context) }, address, context.signal);
  context.output.print(`SSH is open for ${address} (${name}), until \`bednet door close\`.`);
}

async function closeDoor(options: DoorOptions, context: Context): Promise<void> {
  const { closeDoor } = await import("../../remote/digitalocean/door.ts");
  const { api, fleet } = await account(options, context);
  const wasOpen = await closeDoor(api, { fleet, run: runOf(options, context) });
  context.output.print(wasOpen ? "SSH is closed again." : "No door of this run was open.");
}

async function sweepDoors({ olderThan, ...options }: FleetOption & { olderThan: number }, context: Context) {
  const { sweepDoors } = await import("../../remote/digitalocean/door.ts");
  const { api, fleet } = await account(options, context);
  const closed = await sweepDoors(api, fleet, olderThan * 60_000);
  const names = closed.map(({ name }) => name).join(", ");
  context.output.print(closed.length === 0 ? "No door was left open." : `Closed, left open by a run: ${names}`);
}

async function account({ fleet: path }: FleetOption, { env, signal }: Context) {
  const { readFleet } = await import("../../fleet/load.ts");
  const { openApi } = await import("../../remote/digitalocean/api.ts");
  const { Problem } = await import("../../fleet/problem.ts");
  const { fleet } = await readFleet(path);
  if (fleet.host.provider !== "digitalocean") {
    throw new Problem(
      `${path}: a host that is there already has no cloud firewall to open`,
      "Let the pipeline run where host.adminCidrs let it in: a runner of your own with a fixed address.",
    );
  }
  return { api: openApi({ env, signal }), fleet: fleet.name };
}

/** The same in every step of a job, and another one in each run. */
function runOf({ run }: DoorOptions, { env }: Context): string {
  if (run !== undefined) return run;
  if (env.GITHUB_RUN_ID) return `${env.GITHUB_RUN_ID}-${env.GITHUB_RUN_ATTEMPT ?? 1}-${env.GITHUB_JOB ?? "job"}`;
  return env.CI_JOB_ID ?? hostname();
}

function ipv4(text: string): string {
  if (isIPv4(text)) return text;
  throw new InvalidArgumentError("Give one IPv4 address, such as 203.0.113.9.");
}

function minutes(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Give whole minutes, such as 60.");
}
