// The conversation after an MQTT login: what was said, what was heard, in which order.
import type { MqttClient } from "mqtt";
import { STEP_MS, TooLate, within } from "./deadline.ts";

const SESSION_TAKEN_OVER = 142;

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
  isOpen(): boolean;
  end(): Promise<void>;
}

/** The broker ended the session: another login has its client id, which Mosquitto 2.0.11 does not say, or something else. */
export class Ended extends Error {
  override name = "Ended";
}

export function sessionOf(client: MqttClient, signal: AbortSignal): Session {
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
    isOpen: () => client.connected,
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
