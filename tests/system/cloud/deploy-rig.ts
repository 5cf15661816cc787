// A customer's folder and an account: `bednet deploy` with the real Terraform and provider, on droplets that boot.
import { cp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCloudSite } from "../../../cli/cloud-site.ts";
import { readRehearsed } from "../../../cli/rehearsal-site.ts";
import { FleetKey } from "../../../fleet/credentials.ts";
import { catalog } from "../../../sandbox/digitalocean/catalog.ts";
import { type RehearsalCloud, startRehearsalCloud } from "../../../sandbox/digitalocean/rehearsal-cloud.ts";
import type { Guest } from "../../../sandbox/guest.ts";
import { runTerraform, type TerraformRun } from "../../../stacks/terraform/process.ts";
import { type Ran, run } from "../../unit/cli/run.ts";
import { login } from "./login.ts";
import { type Leak, leaksIn, secretsOf } from "./secrets.ts";
import { type CloudClient, cloudClient } from "./stand-in/client.ts";
import { startTalk } from "./stand-in/conversation.ts";

const example = fileURLToPath(new URL("../../../examples/small-farm/fleet.yaml", import.meta.url));
export const DOMAIN = "mqtt.farm.example.com";
export const ZONE = "farm.example.com";

export interface DeployRig extends Pick<RehearsalCloud, "api" | "hosts"> {
  readonly client: CloudClient;
  readonly folder: string;
  /** Where secrets were seen that have no business there, after any of the commands so far. */
  readonly leaks: readonly Leak[];
  /** In the customer's folder, or in another checkout. */
  bednet(argv: readonly string[], folder?: string): Promise<Ran>;
  /** As who runs Terraform or cdktf themselves. */
  terraform(argv: readonly string[], folder?: string): Promise<TerraformRun>;
  /** Another checkout of the same fleet, with the same state. */
  checkout(): Promise<string>;
  /** Edits fleet.yaml, or devices.csv, and locks. */
  fleet(edit: (text: string) => string, folder?: string): Promise<void>;
  devices(edit: (text: string) => string, folder?: string): Promise<void>;
  /** The reserved one. */
  address(): string;
  /** Number of the droplet that holds it. */
  holder(): number | undefined;
  guest(droplet?: number): Promise<Guest>;
  inside(script: string, droplet?: number): Promise<string>;
  login(name: string, ...more: DropFirstTwo<Parameters<typeof login>>): ReturnType<typeof login>;
  stop(): Promise<void>;
}
type DropFirstTwo<T> = T extends [unknown, unknown, ...infer Rest] ? Rest : never;

/** Why not; undefined: the real provider can be had. */
export async function missingProvider(): Promise<string | undefined> {
  const talk = await startTalk();
  if (!("missing" in talk)) return void (await talk.stop());
  process.stderr.write(`SKIPPED: deploys with the real provider, for want of it:\n  ${talk.missing}\n`);
  return talk.missing;
}

/** Sold no more; the fleets that have it must get away from it. */
const withDebian12 = {
  ...catalog,
  images: [...catalog.images, { id: 1, slug: "debian-12-x64", name: "12 x64", distribution: "Debian" }],
};

export async function startDeployRig(image = "debian-13-x64"): Promise<DeployRig> {
  const zones = { [ZONE]: { www: "192.0.2.1" } };
  const cloud = await startRehearsalCloud({ settleMs: 0, account: { zones }, catalog: withDebian12 });
  try {
    const { fleet } = await readRehearsed(example, {});
    const key = FleetKey.generate();
    const monitoring = { ...fleet.monitoring, email: "ops@farm.example.com" };
    const site = await makeCloudSite({ fleet: { ...fleet, monitoring }, key, lock: undefined }, image, cloud);
    return rigOf(cloud, site, key);
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

function rigOf(cloud: RehearsalCloud, site: Awaited<ReturnType<typeof makeCloudSite>>, key: FleetKey): DeployRig {
  const { api, hosts } = cloud;
  const { folder } = site;
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, ...site.env };
  const checkouts = [folder];
  const leaks: Leak[] = [];
  const address = (): string => api.cloud.reserved[0]!.address;
  const holder = (): number | undefined => api.cloud.reserved[0]?.holder;
  const guest = async (droplet = holder()!): Promise<Guest> => hosts.guestOf(droplet)!;
  const edit = async (file: string, how: (text: string) => string): Promise<void> => {
    await writeFile(file, how(await readFile(file, "utf8")));
    const whole = { ...env, BEDNET_KEY: key.text().reveal() };
    const { exitCode, stderr } = await run(["lock", "--fleet", join(file, "../fleet.yaml")], { env: whole });
    if (exitCode !== 0) throw new Error(stderr);
  };
  return {
    ...{ api, hosts, client: cloudClient(api), folder, leaks, address, holder, guest },
    async bednet([command, ...argv], at = folder) {
      const ran = await run([command!, "--fleet", join(at, "fleet.yaml"), ...argv], { env });
      leaks.push(...(await leaksIn(at, ran, await secretsOf(at, key, api.token))));
      return ran;
    },
    terraform: (argv, at = folder) =>
      runTerraform(argv, {
        folder: join(at, "cdktf.out/stacks/small-farm"),
        env,
        signal: new AbortController().signal,
      }),
    async checkout() {
      const other = join(tmpdir(), `${folder.split("/").pop()}-checkout-${checkouts.length}`);
      checkouts.push(other);
      await cp(folder, other, { recursive: true, filter: (path) => !/\/(\.bednet|cdktf\.out)$/.test(path) });
      await symlink(join(folder, ".bednet"), join(other, ".bednet"));
      return other;
    },
    fleet: (how, at = folder) => edit(join(at, "fleet.yaml"), how),
    devices: (how, at = folder) => edit(join(at, "devices.csv"), how),
    async inside(script, droplet) {
      const { stdout, stderr, exitCode } = await (await guest(droplet)).exec(["sh", "-c", script]);
      if (exitCode !== 0) throw new Error(`inside: exit code ${exitCode}\n${script}\n${stdout}${stderr}`);
      return stdout;
    },
    login: (name, ...more) =>
      login({ folder, roots: "trust.pem", key, address: address(), domain: DOMAIN }, name, ...more),
    async stop() {
      const left = await cloud.stop();
      for (const each of checkouts) await rm(each, { recursive: true });
      if (left.length > 0) throw new Error(`left behind: ${left.join("; ")}`);
    },
  };
}
