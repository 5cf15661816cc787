// One MQTT login, and how the broker answers it.
import type tls from "node:tls";
import { type IClientOptions, MqttClient } from "mqtt";
import { STEP_MS, within } from "./deadline.ts";
import { type Session, sessionOf } from "./session.ts";

/** Reason codes of MQTT 3.1.1 and 5 with which a broker turns a login away for who it is. */
const REFUSALS: readonly number[] = [4, 5, 133, 134, 135, 138];
/** How a CONNECT was answered. `closed`: without a word. */
export type LoginAnswer = { readonly code: number } | "closed";

export const isAccepted = (answer: LoginAnswer): boolean => answer !== "closed" && answer.code === 0;
export const isRefused = (answer: LoginAnswer): boolean => answer !== "closed" && REFUSALS.includes(answer.code);
export const answerInWords = (answer: LoginAnswer): string =>
  answer === "closed"
    ? "closed without an answer"
    : isAccepted(answer)
      ? "accepted"
      : `refused with code ${answer.code}`;

export interface Login {
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly protocolVersion?: 4 | 5;
}

/** Sends CONNECT over a connection that whoever calls has judged fit for what is in it. */
export async function login(
  socket: tls.TLSSocket,
  { protocolVersion = 5, ...who }: Login,
  signal: AbortSignal,
): Promise<{ answer: LoginAnswer; session: Session }> {
  const options: IClientOptions = {
    ...who,
    protocolVersion,
    clean: true,
    keepalive: 60,
    reconnectPeriod: 0,
    resubscribe: false,
    connectTimeout: STEP_MS,
  };
  const client = new MqttClient(() => socket, options);
  const session = sessionOf(client, signal);
  const answered = new Promise<LoginAnswer>((resolve) => {
    client.once("connect", () => resolve({ code: 0 }));
    client.once("error", (error) =>
      resolve("code" in error && typeof error.code === "number" ? { code: error.code } : "closed"),
    );
    client.once("close", () => resolve("closed"));
  });
  const answer = await within(answered, STEP_MS, "an answer to the login", signal);
  return { answer, session };
}
