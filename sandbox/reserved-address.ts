// An address that leads to one guest after the other. Between them it leads to an empty place, never off this machine.
import { run, runAny } from "./command.ts";
import type { Guest } from "./guest.ts";

type Holder = Pick<Guest, "name" | "address">;

/** From now on, wherever it led before: a /32 is nearer than the place's own /30. Gone with the guest's cable. */
export async function leadTo({ name, address }: Holder, reserved: string): Promise<void> {
  await run(["ip", "-n", name, "addr", "replace", `${reserved}/32`, "dev", "lo"]);
  await run(["ip", "route", "replace", ...wayTo({ name, address }, reserved)]);
}

/** Does not touch the way to a guest that has got it since. */
export async function leadAway({ name, address }: Holder, reserved: string): Promise<void> {
  await runAny(["ip", "route", "del", ...wayTo({ name, address }, reserved)]);
  await runAny(["ip", "-n", name, "addr", "del", `${reserved}/32`, "dev", "lo"]);
}

const wayTo = ({ name, address }: Holder, reserved: string): string[] => [
  ...[`${reserved}/32`, "via", address, "dev", name.replace("-", "")],
];
