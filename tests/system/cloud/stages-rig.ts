// An account with droplets that are guests, an ACME server, a fleet in a folder, and the stages as Terraform runs them.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { IClientOptions, MqttClient } from "mqtt";
import { FleetKey } from "../../../fleet/credentials.ts";
import { type DigitalOceanApi, openApi } from "../../../remote/digitalocean/api.ts";
import type { Host } from "../../../remote/host.ts";
import { connect } from "../../../remote/ssh.ts";
import type { Cloud } from "../../../sandbox/digitalocean/cloud.ts";
import { type RehearsalCloud, startRehearsalCloud } from "../../../sandbox/digitalocean/rehearsal-cloud.ts";
import type { Guest } from "../../../sandbox/guest.ts";
import { makeKeys } from "../../../sandbox/guest-keys.ts";
import { type Ran, run } from "../../unit/cli/run.ts";
import { login } from "./login.ts";
import { cloudClient } from "./stand-in/client.ts";

const bin = fileURLToPath(new URL("../../../cli/bin.mjs", import.meta.url));
export const DOMAIN = "mqtt.farm.example.com";

export interface CloudRig {
  readonly api: DigitalOceanApi;
  readonly cloud: Cloud;
  readonly folder: string;
  readonly reserved: string;
  /** Creates one, and waits until it is active as Terraform does. */
  droplet(): Promise<number>;
  guest(id: number): Promise<Guest>;
  inside(id: number, script: string): Promise<string>;
  assign(id: number): Promise<void>;
  switchOff(id: number): Promise<void>;
  before(id: number): Promise<Ran>;
  after(id: number): Promise<Ran>;
  /** The stage as a process of its own. */
  child(name: "before-address" | "after-address", id: number): ChildProcessByStdio<null, null, Readable>;
  connect(id: number): Promise<Host>;
  bednet(...argv: readonly string[]): Promise<Ran>;
  /** A new devices.csv, locked. */
  devices(...rows: readonly string[]): Promise<void>;
  /** Over TLS, to the reserved address or another. */
  login(
    name: string,
    options?: IClientOptions,
    address?: string,
    listen?: (client: MqttClient) => void,
  ): Promise<MqttClient>;
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
  const { clientFile, clientLine } = await makeKeys(folder);
  const cloud = await startRehearsalCloud({ settleMs: 0, account: { keys: { deploy: clientLine } } });
  try {
    await writeFile(join(folder, "acme-ca.pem"), cloud.acme.serverCaPem);
    await writeFile(join(folder, "acme-roots.pem"), await cloud.acme.trustPem());
    await writeFile(join(folder, "fleet.yaml"), yaml(cloud.acme.directoryUrl));
    const client = cloudClient(cloud.api);
    const { reserved_ip } = await client.ask("POST /v2/reserved_ips", { region: "fra1" });
    await cloud.acme.setAddress(DOMAIN, reserved_ip.ip);
    const rig = rigOf(folder, cloud, reserved_ip.ip, clientFile);
    await rig.devices("soil-1,soil-sensor", "soil-2,soil-sensor");
    return rig;
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

function rigOf(
  folder: string,
  { api: standIn, acme, hosts, stop }: RehearsalCloud,
  reserved: string,
  identity: string,
): CloudRig {
  const env: Record<string, string> = {
    ...{ DIGITALOCEAN_TOKEN: standIn.token, DIGITALOCEAN_API_URL: standIn.url, BEDNET_IDENTITY: identity },
    BEDNET_DNS_SERVERS: `${acme.dnsServer.address}:${acme.dnsServer.port}`,
  };
  const api = openApi({ env });
  const client = cloudClient(standIn);
  const fleet = join(folder, "fleet.yaml");
  // Aside from the fleet's folder: a pipeline holds the verify key and no other.
  const keyFile = join(folder, "kept-elsewhere");
  const stage = (name: string, id: number) =>
    run(["stage", name, "--fleet", fleet, "--droplet", String(id), "--address", reserved], { env });
  const guest = async (id: number): Promise<Guest> => hosts.guestOf(id)!;
  const inside = async (id: number, script: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await (await guest(id)).exec(["sh", "-c", script]);
    if (exitCode !== 0) throw new Error(`inside: exit code ${exitCode}\n${script}\n${stdout}${stderr}`);
    return stdout;
  };
  return {
    ...{ api, cloud: standIn.cloud, folder, reserved, guest, inside },
    droplet: () => {
      const keys = standIn.cloud.keys.map(({ fingerprint }) => fingerprint);
      return client.createDroplet("bednet-small-farm", { tags: ["bednet-small-farm"], ssh_keys: keys });
    },
    assign: (id) => client.act(`/v2/reserved_ips/${reserved}`, { type: "assign", droplet_id: id }),
    switchOff: (id) => client.act(`/v2/droplets/${id}`, { type: "power_off" }),
    child(name, id) {
      const argv = ["stage", name, "--fleet", fleet, "--droplet", String(id), "--address", reserved];
      return spawn(process.execPath, [bin, ...argv], {
        env: { PATH: process.env.PATH, ...env },
        stdio: ["ignore", "ignore", "pipe"],
      });
    },
    async connect(id) {
      const { address, hostKey } = await guest(id);
      const login = [{ privateKey: await readFile(identity, "utf8") }];
      return connect({ address, port: 22, user: "root", pin: hostKey.fingerprint, login });
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
    async login(name, options, address = reserved, listen) {
      const key = FleetKey.parse(await readFile(keyFile, "utf8"));
      return login({ folder, roots: "acme-roots.pem", key, address, domain: DOMAIN }, name, options, listen);
    },
    async stop() {
      const left = await stop();
      await rm(folder, { recursive: true });
      if (left.length > 0) throw new Error(`left behind: ${left.join("; ")}`);
    },
  };
}
