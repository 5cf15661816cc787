// An account with droplets that are guests, an ACME server, a fleet in a folder, and the stages as Terraform runs them.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { type IClientOptions, MqttClient } from "mqtt";
import { FleetKey, keyOf, passwordOf } from "../../../../fleet/credentials.ts";
import { parseLock } from "../../../../fleet/lock.ts";
import { type DigitalOceanApi, openApi } from "../../../../remote/digitalocean/api.ts";
import { type Droplet, dropletById } from "../../../../remote/digitalocean/droplets.ts";
import { type Acme, startAcme } from "../../../../sandbox/acme.ts";
import { run as command } from "../../../../sandbox/command.ts";
import { type DigitalOcean, startDigitalOcean } from "../../../../sandbox/digitalocean/server.ts";
import type { Guest } from "../../../../sandbox/guest.ts";
import { makeKeys } from "../../../../sandbox/guest-keys.ts";
import { type Ran, run } from "../../../unit/cli/run.ts";
import { type Guests, guestsAsHosts } from "./guests.ts";

/** Of the half of 198.18.0.0/15 that guests do not take. */
const RESERVED = "198.18.77.10";
const ACME = "198.18.77.1";
export const DOMAIN = "mqtt.farm.example.com";

export interface CloudRig {
  readonly api: DigitalOceanApi;
  readonly cloud: DigitalOcean;
  readonly folder: string;
  readonly reserved: string;
  /** Creates one, and waits until it is active as Terraform does. */
  droplet(): Promise<number>;
  guest(id: number): Guest;
  inside(id: number, script: string): Promise<string>;
  assign(id: number): Promise<void>;
  before(id: number): Promise<Ran>;
  after(id: number): Promise<Ran>;
  bednet(...argv: readonly string[]): Promise<Ran>;
  /** A new devices.csv, locked. */
  devices(...rows: readonly string[]): Promise<void>;
  /** Over TLS, to the reserved address or another. */
  login(name: string, options?: IClientOptions, address?: string): Promise<MqttClient>;
  stop(): Promise<void>;
}

const yaml = (server: string): string => `
name: small-farm
broker:
  domain: ${DOMAIN}
  tls: { issuer: acme, server: "${server}", serverCaFile: acme-ca.pem, trustFile: acme-roots.pem }
capacity: { devices: 20, backendServices: 1, messagesPerSecond: 5, offlineSessions: 10, retainedTopics: 40 }
host: { provider: digitalocean, region: fra1, adminCidrs: [203.0.113.7/32] }
dns: manual
classes:
  soil-sensor:
    hardware: esp32
    publish: ["farm/{device}/moisture", "farm/{device}/status"]
    subscribe: ["farm/{device}/command"]
services:
  dashboard: { connections: 1, publish: ["farm/+/command"], subscribe: ["farm/+/moisture", "farm/+/status"] }
`;

export async function startCloudRig(): Promise<CloudRig> {
  const folder = await mkdtemp(join(tmpdir(), "bednet-stages-"));
  await command(["ip", "addr", "replace", `${ACME}/32`, "dev", "lo"]);
  const guests = guestsAsHosts(RESERVED);
  const keys = await makeKeys(folder);
  const cloud = await startDigitalOcean({ hosts: guests, settleMs: 0, account: { keys: { deploy: keys.clientLine } } });
  const acme = await startAcme({ bindAddress: ACME });
  await acme.setAddress(DOMAIN, RESERVED);
  await writeFile(join(folder, "acme-ca.pem"), acme.serverCaPem);
  await writeFile(join(folder, "acme-roots.pem"), await acme.trustPem());
  await writeFile(join(folder, "fleet.yaml"), yaml(acme.directoryUrl));
  const rig = rigOf(folder, guests, cloud, acme, keys.clientFile);
  await rig.devices("soil-1,soil-sensor", "soil-2,soil-sensor");
  return rig;
}

function rigOf(folder: string, guests: Guests, cloud: DigitalOcean, acme: Acme, identity: string): CloudRig {
  const env: Record<string, string> = {
    ...{ DIGITALOCEAN_TOKEN: cloud.token, DIGITALOCEAN_API_URL: cloud.url, BEDNET_IDENTITY: identity },
    BEDNET_DNS_SERVERS: `${acme.dnsServer.address}:${acme.dnsServer.port}`,
  };
  const api = openApi({ env });
  const fleet = join(folder, "fleet.yaml");
  // Aside from the fleet's folder: a pipeline holds the verify key and no other.
  const keyFile = join(folder, "kept-elsewhere");
  const stage = (name: string, id: number) =>
    run(["stage", name, "--fleet", fleet, "--droplet", String(id), "--address", RESERVED], { env });
  const inside = async (id: number, script: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await guests.booted.get(id)!.exec(["sh", "-c", script]);
    if (exitCode !== 0) throw new Error(`inside: exit code ${exitCode}\n${script}\n${stdout}${stderr}`);
    return stdout;
  };
  return {
    ...{ api, cloud, folder, reserved: RESERVED, inside },
    guest: (id) => guests.booted.get(id)!,
    async droplet() {
      if (cloud.cloud.reserved.length === 0) await api.post("/v2/reserved_ips", { region: "fra1" });
      const fingerprints = cloud.cloud.keys.map(({ fingerprint }) => fingerprint);
      const size = { region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64" };
      const wanted = { name: "bednet-small-farm", ...size, tags: ["bednet-small-farm"], ssh_keys: fingerprints };
      const { droplet } = await api.post<{ droplet: Droplet }>("/v2/droplets", wanted);
      while ((await dropletById(api, droplet.id))?.status !== "active")
        await new Promise((next) => setTimeout(next, 200));
      return droplet.id;
    },
    async assign(id) {
      await api.post(`/v2/reserved_ips/${RESERVED}/actions`, { type: "assign", droplet_id: id });
      await cloud.cloud.quiet();
    },
    before: (id) => stage("before-address", id),
    after: (id) => stage("after-address", id),
    bednet: (...argv) => run([...argv, "--fleet", fleet], { env }),
    async devices(...rows) {
      await writeFile(join(folder, "devices.csv"), ["id,class", ...rows, ""].join("\n"));
      const key = await readFile(keyFile, "utf8").catch(() => undefined);
      const { exitCode, stderr } = await run(["lock", "--fleet", fleet], {
        env: key === undefined ? {} : { BEDNET_KEY: key.trim() },
      });
      if (exitCode !== 0) throw new Error(stderr);
      if (key === undefined) await writeFile(keyFile, await readFile(join(folder, ".bednet/key")));
      await rm(join(folder, ".bednet"), { recursive: true, force: true });
      env.BEDNET_VERIFY_KEY = FleetKey.parse(await readFile(keyFile, "utf8"))
        .verifyKey.text()
        .reveal();
    },
    async login(name, options = {}, address = RESERVED) {
      const key = FleetKey.parse(await readFile(keyFile, "utf8"));
      const lock = parseLock(await readFile(join(folder, "fleet.lock"), "utf8"), "fleet.lock");
      const generation = lock.lines.find((line) => line.name === name)?.generation ?? 1;
      const ca = await readFile(join(folder, "acme-roots.pem"));
      const stream = () => tls.connect({ host: address, port: 8883, servername: DOMAIN, ca });
      const client = new MqttClient(stream, {
        ...{ clientId: name, username: name, password: passwordOf(keyOf(key, name), name, generation).reveal() },
        ...{ protocolVersion: 5, reconnectPeriod: 0, connectTimeout: 5_000, ...options },
      });
      await new Promise<void>((resolve, reject) => {
        client.once("connect", () => resolve());
        client.once("error", reject);
        client.once("close", () => reject(new Error("closed")));
      });
      client.on("error", () => {});
      return client;
    },
    async stop() {
      await acme.stop();
      const left = await cloud.close();
      await command(["ip", "addr", "del", `${ACME}/32`, "dev", "lo"]);
      await rm(folder, { recursive: true });
      if (left.length > 0) throw new Error(`left behind: ${left.join("; ")}`);
    },
  };
}
