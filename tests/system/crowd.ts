// MQTT clients that are logged in and never reconnect, so that each one that is lost can be counted.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { Duplex } from "node:stream";
import tls from "node:tls";
import { type IClientOptions, MqttClient } from "mqtt";
import { keyOf, passwordOf } from "../../fleet/credentials.ts";
import type { HostRig } from "./rig.ts";

/** `no room`: closed without a word, as a broker at its cap does. `no answer`: the door is shut, not even a TCP answer. */
export type Answer = "accepted" | "not authorised" | "no room" | "no answer";

export interface Crowd {
  /** Names of clients that lost their connection although nobody sent them away. */
  readonly lost: readonly string[];
  readonly size: number;
  client(name: string): MqttClient;
  /** Over TLS to 8883, from `from` where the machine has several addresses. */
  join(name: string, from?: string): Promise<MqttClient>;
  /** To the listener on the guest's loopback, through a login of OpenSSH's client. */
  joinLoopback(name: string): Promise<MqttClient>;
  leave(name: string): Promise<void>;
  /** Logs in and leaves again. */
  attempt(name: string, from?: string): Promise<Answer>;
  /** How many of them get an answer from the broker right now: a socket that nobody closed proves little. */
  answering(): Promise<number>;
  /** Connections from outside that the guest's kernel has, silent ones included. */
  established(): Promise<number>;
  disperse(): Promise<void>;
}

const LOGIN_DEADLINE_MS = 4_000;

const ANSWER_DEADLINE_MS = 5_000;

export function gatherCrowd(rig: HostRig): Crowd {
  const { guest, key } = rig;
  const clients = new Map<string, MqttClient>();
  const lost: string[] = [];
  const children = new Set<{ kill(): void }>();

  const secure = (from: string | undefined) => () => {
    const { fleet, trust: ca } = rig.site();
    const place = { host: guest.address, port: 8883, ...(from !== undefined && { localAddress: from }) };
    return tls.connect({ ...place, servername: fleet.broker.domain, ca }).setNoDelay(true);
  };
  const loopback = () => {
    const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"];
    const argv = ["-i", guest.privateKeyFile, "-p", String(guest.sshPort), ...options.flatMap((one) => ["-o", one])];
    const child = spawn("ssh", [...argv, "-W", "127.0.0.1:1883", `root@${guest.address}`]);
    children.add(child);
    child.once("exit", () => children.delete(child));
    return Duplex.from({ readable: child.stdout, writable: child.stdin });
  };

  async function login(name: string, stream: () => Duplex): Promise<MqttClient> {
    const generation = rig.site().lock.lines.find((line) => line.name === name)?.generation ?? 1;
    const options: IClientOptions = {
      ...{ clientId: name, username: name, password: passwordOf(keyOf(key, name), name, generation).reveal() },
      ...{ protocolVersion: 5, keepalive: 60, reconnectPeriod: 0, connectTimeout: LOGIN_DEADLINE_MS },
    };
    const client = new MqttClient(stream as () => tls.TLSSocket, options);
    await new Promise<void>((resolve, reject) => {
      client.once("connect", () => resolve());
      client.on("error", reject);
      client.once("close", () => reject(new Error("closed")));
    });
    return client;
  }

  async function hold(name: string, stream: () => Duplex): Promise<MqttClient> {
    const client = await login(name, stream);
    clients.set(name, client);
    client.on("close", () => {
      if (clients.delete(name)) lost.push(name);
    });
    return client;
  }

  return {
    lost,
    get size() {
      return clients.size;
    },
    client: (name) => clients.get(name)!,
    join: (name, from) => hold(name, secure(from)),
    joinLoopback: (name) => hold(name, loopback),
    async leave(name) {
      const client = clients.get(name)!;
      clients.delete(name);
      await client.endAsync();
    },
    attempt: (name, from) =>
      login(name, secure(from)).then(
        async (client): Promise<Answer> => {
          await client.endAsync();
          return "accepted";
        },
        (error: Error & { code?: unknown }) => {
          if (typeof error.code === "number") return "not authorised";
          return /timeout/i.test(error.message) ? "no answer" : "no room";
        },
      ),
    async answering() {
      const answers = [...clients].map(async ([name, client]) => {
        // Nobody may say that: the refusal is the broker's, and it costs no delivery.
        const answer = client.publishAsync(`nobody/${name}`, "", { qos: 1 }).then(
          () => false,
          (error: { code?: unknown }) => error.code === 135,
        );
        return Promise.race([answer, new Promise<false>((no) => setTimeout(no, ANSWER_DEADLINE_MS, false).unref())]);
      });
      return (await Promise.all(answers)).filter(Boolean).length;
    },
    async established() {
      return Number(await rig.inside("ss -Htn state established '( sport = :8883 )' | wc -l"));
    },
    async disperse() {
      const all = [...clients.values()];
      clients.clear();
      await Promise.all(all.map((client) => client.endAsync(true)));
      const gone = [...children].map((child) => once(child as unknown as NodeJS.EventEmitter, "exit"));
      for (const child of children) child.kill();
      await Promise.all(gone);
    },
  };
}

/** All of them, a few at a time: the broker has one thread for handshakes. */
export async function joinAll(crowd: Crowd, names: readonly string[], from?: string): Promise<void> {
  const waiting = [...names];
  const lane = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await crowd.join(name, from);
  };
  await Promise.all(Array.from({ length: 10 }, lane));
}
