// How the broker answers the same user with the right password and with a wrong one.
import { randomBytes } from "node:crypto";
import type { LoginAnswer } from "../wire/login.ts";
import type { Slot } from "../wire/slot.ts";

export interface Password {
  /** The control: a broker that refuses everybody would look good otherwise. */
  readonly right: LoginAnswer;
  readonly wrong: LoginAnswer;
}

export async function gatherPassword(opening: Promise<Slot>): Promise<Password> {
  const slot = await opening;
  const { answer: right, session } = await slot.tryLogin("caller");
  await session.end();
  const { answer: wrong } = await slot.tryLogin("caller", { password: randomBytes(18).toString("base64url") });
  return { right, wrong };
}
