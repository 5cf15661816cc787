// One MQTT login, and the conversation after it: what was said, what was heard, in which order.
import type tls from "node:tls";
import { type IClientOptions, MqttClient } from "mqtt";
import { STEP_MS, TooLate, within } from "./deadline.ts";

/** Reason codes of MQTT 3.1.1 and 5 with which a broker turns a login away for who it is. */
const REFUSALS: readonly number[] = [4, 5, 133, 134, 135, 138];
const SESSION_TAKEN_OVER = 142;

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

export interface Heard {
  readonly topic: string;
  readonly payload: string;
  readonly isRetained: boolean;
  /** MQTT 5: how long the broker would still keep the message. */
  readonly expiresInSeconds: number | undefined;
}

export interface Session {
  /** Every message so far, in the order in which it came. */
  readonly heard: readonly Heard[];
  /** QoS 1. Resolves when the broker has the subscription; what it grants proves nothing. */
  subscribe(filters: readonly string[]): Promise<void>;
  /** QoS 1. Resolves with the broker's reason code, 0 or 16 where it took the message. */
  publish(topic: string, payload: string): Promise<number>;
  /** The first message, past or coming, that fits. */
  hear(what: string, fits: (message: Heard) => boolean, ms?: number): Promise<Heard>;
  /** Whether such a message comes in time. Rejects when the connection is over. */
  hears(fits: (message: Heard) => boolean): Promise<boolean>;
  /** Resolves with the reason when the connection is over. */
  readonly over: Promise<Ended>;
  end(): Promise<void>;
}

/** The broker ended the session: another login has its client id, which Mosquitto 2.0.11 does not say, or something else. */
export class Ended extends Error {
  override name = "Ended";
}

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

function sessionOf(client: MqttClient, signal: AbortSignal): Session {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  let takenOver = false;
  client.on("error", () => {}); // `over` tells
  client.on("disconnect", ({ reasonCode }) => {
    takenOver ||= reasonCode === SESSION_TAKEN_OVER;
  });
  client.on("message", (topic, payload, { retain, properties }) => {
    const expiresInSeconds = properties?.messageExpiryInterval;
    heard.push({ topic, payload: payload.toString(), isRetained: retain, expiresInSeconds });
    for (const look of [...waiting]) look();
  });
  const over = new Promise<Ended>((resolve) =>
    client.once("close", () =>
      resolve(new Ended(takenOver ? "another login took the session over" : "the broker closed the connection")),
    ),
  );
  const ended = over.then((reason): never => {
    throw reason;
  });
  ended.catch(() => {});
  const wait = <T>(work: Promise<T>, what: string, ms = STEP_MS): Promise<T> =>
    within(Promise.race([work, ended]), ms, what, signal);

  const hear: Session["hear"] = (what, fits, ms) => {
    let look = (): void => {};
    const found = new Promise<Heard>((resolve) => {
      look = () => {
        const message = heard.find(fits);
        if (message !== undefined) resolve(message);
      };
    });
    waiting.add(look);
    look();
    return wait(found, what, ms).finally(() => waiting.delete(look));
  };

  return {
    heard,
    over,
    hear,
    hears: (fits) =>
      hear("the message", fits).then(
        () => true,
        (error: unknown) => {
          if (error instanceof TooLate) return false;
          throw error;
        },
      ),
    subscribe: async (filters) => {
      await wait(client.subscribeAsync([...filters], { qos: 1 }), "an answer to SUBSCRIBE");
    },
    publish: (topic, payload) =>
      wait(
        new Promise<number>((resolve, reject) =>
          client.publish(topic, payload, { qos: 1 }, (error, packet) => {
            const code = error && "code" in error ? error.code : (packet as { reasonCode?: number })?.reasonCode;
            if (error && typeof code !== "number") reject(error);
            else resolve(typeof code === "number" ? code : 0);
          }),
        ),
        "an answer to PUBLISH",
      ),
    end: async () => {
      if (client.stream.destroyed) return;
      await within(client.endAsync(), 300, "the goodbye", signal).catch(() => {});
      client.stream.destroy();
    },
  };
}
