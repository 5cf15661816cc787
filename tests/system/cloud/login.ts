// One MQTT client over TLS, logged in with the password that the fleet's key makes.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import tls from "node:tls";
import { type IClientOptions, MqttClient } from "mqtt";
import { type FleetKey, keyOf, passwordOf } from "../../../fleet/credentials.ts";
import { parseLock } from "../../../fleet/lock.ts";

export interface Place {
  /** With fleet.lock and the roots. */
  readonly folder: string;
  readonly roots: string;
  readonly key: FleetKey;
  readonly address: string;
  readonly domain: string;
}

/** `listen` sees what comes with the very first packet. */
export async function login(
  { folder, roots, key, address, domain }: Place,
  name: string,
  options: IClientOptions = {},
  listen: (client: MqttClient) => void = () => {},
): Promise<MqttClient> {
  const lock = parseLock(await readFile(join(folder, "fleet.lock"), "utf8"), "fleet.lock");
  const generation = lock.lines.find((line) => line.name === name)?.generation ?? 1;
  const ca = await readFile(join(folder, roots));
  const client = new MqttClient(() => tls.connect({ host: address, port: 8883, servername: domain, ca }), {
    ...{ clientId: name, username: name, password: passwordOf(keyOf(key, name), name, generation).reveal() },
    ...{ protocolVersion: 5, reconnectPeriod: 0, connectTimeout: 5_000, ...options },
  });
  listen(client);
  await new Promise<void>((resolve, reject) => {
    client.once("connect", () => resolve());
    client.once("error", reject);
    client.once("close", () => reject(new Error("closed")));
  });
  client.on("error", () => {});
  return client;
}
