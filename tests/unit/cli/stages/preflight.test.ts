// The stage preflight against a stand-in: what it lets through, and everything that it refuses, at once and with the way out.
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { networkTroubles } from "../../../../cli/preflight/admin-network.ts";
import { machineTroubles } from "../../../../cli/preflight/machine.ts";
import { md5Of } from "../../../../cli/preflight/ssh-keys.ts";
import { instantHosts } from "../../../../sandbox/digitalocean/hosts.ts";
import {
  type DigitalOcean,
  type DigitalOceanOptions,
  startDigitalOcean,
} from "../../../../sandbox/digitalocean/server.ts";
import { publicKey } from "../../sandbox/digitalocean/rig.ts";
import { type Ran, run } from "../run.ts";

let folder: string;
let fleetFile: string;
const identity = () => join(folder, "identity");
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-preflight-"));
  fleetFile = join(folder, "fleet.yaml");
  await writeFile(fleetFile, yaml({}));
  await writeFile(join(folder, "devices.csv"), "id,class\nsoil-1,soil-sensor\n");
  await writeFile(join(folder, "deploy.pub"), `${publicKey}\n`);
  const pair = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "sec1", format: "pem" },
  });
  await writeFile(identity(), pair.privateKey);
  expect((await run(["lock", "--fleet", fleetFile])).exitCode).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

let standIn: DigitalOcean;
afterEach(() => standIn?.close().then(() => {}));

const yaml = (host: Record<string, string>, rest = "") => `
name: farm
broker: { domain: mqtt.example.com, tls: { issuer: letsencrypt } }
capacity: { devices: 20 }
host: { provider: digitalocean, region: ${host.region ?? "fra1"}, size: ${host.size ?? "auto"}, image: ${host.image ?? "debian-13-x64"}, sshKeys: [${host.key ?? "deploy.pub"}], adminCidrs: [203.0.113.7/32] }
dns: { zone: ${host.zone ?? "example.com"} }
classes:
  soil-sensor: { hardware: esp32, publish: ["farm/{device}/moisture"] }
${rest}`;

async function preflight(
  text: string,
  { env = {}, ...options }: Partial<DigitalOceanOptions> & { env?: Record<string, string> } = {},
): Promise<Ran> {
  const account = { zones: { "example.com": {} }, ...options.account };
  standIn = await startDigitalOcean({ hosts: instantHosts(), settleMs: 0, ...options, account });
  await writeFile(fleetFile, text);
  const own = { DIGITALOCEAN_TOKEN: standIn.token, DIGITALOCEAN_API_URL: standIn.url, BEDNET_IDENTITY: identity() };
  return run(["stage", "preflight", "--fleet", fleetFile], { env: { ...own, ...env } });
}

test("lets a fleet through that can be had, and changes nothing", async () => {
  const ran = await preflight(yaml({}));
  expect(ran).toMatchObject({ exitCode: 0, stdout: "" });
  expect(ran.stderr).toMatch(/^ +\d+\.\d s {2}preflight: everything that fleet.yaml names can be had\n$/);
  expect(standIn.recorded.filter(({ method }) => method !== "GET")).toEqual([]);
  expect(standIn.cloud.gaps).toEqual([]);
});

test("names everything at once, each with its way out", async () => {
  const wrong = {
    region: "fra9",
    size: "s-1vcpu-9gb",
    image: "debian-11-x64",
    key: '"aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99"',
  };
  const ran = await preflight(yaml({ ...wrong, zone: "example.com" }), { account: { zones: {}, status: "locked" } });
  expect(ran).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `6 things are in the way of a deploy:
  DigitalOcean has locked the account: 
    → settle that with DigitalOcean
  host.region: fra9 is no region of DigitalOcean
    → use one of ams3, atl1, blr1, fra1, lon1, mem1, mkc1, nyc1, nyc2, nyc3, ric1, sfo2, sfo3, sgp1, syd1, tor1
  host.size: s-1vcpu-9gb is no size of DigitalOcean
    → use auto, or a size that \`doctl compute size list\` names
  host.image: DigitalOcean has no image debian-11-x64
    → use debian-13-x64, or another one that \`doctl compute image list-distribution\` names
  host.sshKeys[0]: the account has no SSH key aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99
    → add it at https://cloud.digitalocean.com/account/security, or name the public key's file
  dns.zone: the account has no domain example.com
    → add it (doctl compute domain create example.com), and let its registrar name ns1, ns2 and ns3.digitalocean.com; or write dns: manual
Settle each of them and run the command again; nothing was changed.
`,
  });
});

test("a key that the account has under another name is taken by its fingerprint, as that of our own is taken as it is", async () => {
  const ran = await preflight(yaml({}), { account: { keys: { laptop: publicKey } } });
  expect(ran.stderr).toContain(`  host.sshKeys[0]: the account has this key already, as "laptop", and takes none twice
    → write its fingerprint in place of the file: "${md5Of(publicKey)}"
`);
  await standIn.close();
  expect(
    await preflight(yaml({ key: `"${md5Of(publicKey)}"` }), { account: { keys: { laptop: publicKey } } }),
  ).toMatchObject({ exitCode: 0 });
  await standIn.close();
  expect(await preflight(yaml({}), { account: { keys: { "bednet-farm": publicKey } } })).toMatchObject({ exitCode: 0 });
});

test("a token that is refused is told alone; an API that cannot be reached is a word, since a deploy stops there anyway", async () => {
  const refused = await preflight(yaml({ region: "fra9" }), { env: { DIGITALOCEAN_TOKEN: "wrong" } });
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^DigitalOcean refuses the token in DIGITALOCEAN_TOKEN/),
  });
  await standIn.close();
  const offline = await preflight(yaml({}), { env: { DIGITALOCEAN_API_URL: "http://127.0.0.1:1" } });
  expect(offline).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("Preflight was skipped: http://127.0.0.1:1 does not answer GET /v2/account: "),
  });
});

test("what the later stages need is missed before anything is paid for", async () => {
  const ran = await preflight(yaml({}), { env: { BEDNET_IDENTITY: join(folder, "nowhere") } });
  expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("there is no such SSH key") });
});

describe("the machine", () => {
  const size = (slug: string, regions: string[], available = true) => ({ slug, regions, available, disk: 10 });
  const image = { slug: "debian-13-x64", regions: ["fra1"], min_disk_size: 7 };
  const wanted = { region: "fra1", size: "s-1", image: "debian-13-x64" };
  const regions = [{ slug: "fra1", available: true }];

  test("that is sold out here is refused, unless it is there already", () => {
    const sizes = [size("s-1", ["ams3"]), size("s-2", ["fra1"])];
    const offered = { regions, sizes, image, droplets: [] };
    expect(machineTroubles(wanted, offered)).toEqual([
      { what: "host.size: s-1 is not to be had in fra1", wayOut: "use a region that has it (ams3), or another size" },
    ]);
    const made = { size_slug: "s-1", image: { slug: "debian-13-x64" } } as never;
    expect(machineTroubles(wanted, { ...offered, image: undefined, droplets: [made] })).toEqual([]);
  });

  test("needs a disk that holds the image", () => {
    const large = { ...image, min_disk_size: 20, regions: ["fra1"] };
    expect(machineTroubles(wanted, { regions, sizes: [size("s-1", ["fra1"])], image: large, droplets: [] })).toEqual([
      {
        what: "host.image: debian-13-x64 needs a disk of 20 GB, s-1 has 10 GB",
        wayOut: "use a larger size or another image",
      },
    ]);
  });
});

describe("the admins' networks", () => {
  const wall = (name: string, address: string, ports = "22") => ({
    ...{ name, tags: ["bednet-farm"] },
    inbound_rules: [{ protocol: "tcp", ports, sources: { addresses: [address] } }],
  });
  const troubles = (address: string | undefined, ...walls: Parameters<typeof networkTroubles>[2]) =>
    networkTroubles(address, ["203.0.113.0/24"], walls, "bednet-farm").map(({ what }) => what);

  test("hold who deploys", () => {
    expect(troubles("203.0.113.7")).toEqual([]);
    expect(troubles(undefined)).toEqual([]);
    expect(troubles("198.51.100.9")).toEqual([
      "host.adminCidrs: you come from 198.51.100.9, which 203.0.113.0/24 does not hold, so SSH to the droplet would be shut to you",
    ]);
  });

  test("are not alone: another firewall of the same tag may open SSH to a pipeline's runner", () => {
    expect(troubles("198.51.100.9", wall("runner", "198.51.100.9"))).toEqual([]);
    expect(troubles("198.51.100.9", wall("runner", "198.51.100.0/24", "20-30"))).toEqual([]);
    expect(troubles("198.51.100.9", wall("runner", "198.51.100.9", "8883"))).toHaveLength(1);
    expect(troubles("198.51.100.9", wall("bednet-farm", "198.51.100.9"))).toHaveLength(1); // ours is about to change
  });
});

describe("the state in a Space", () => {
  const state = "state: { backend: spaces, bucket: farm-state, region: fra1 }";
  const keys = { AWS_ACCESS_KEY_ID: "access", AWS_SECRET_ACCESS_KEY: "very-secret" };

  /** A store that honours If-None-Match, or does not, or refuses everything. */
  async function store<T>(
    kind: "locks" | "ignores" | "refuses",
    work: (url: string, calls: string[]) => Promise<T>,
  ): Promise<T> {
    const objects = new Set<string>();
    const calls: string[] = [];
    const server = createServer((request, response) => {
      const { method, url = "", headers } = request;
      calls.push(`${method} ${url.replace(/probe-.*/, "probe")}`);
      const isSigned = headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=access/") ?? false;
      const isThere = objects.has(url) && headers["if-none-match"] === "*" && kind === "locks";
      if (method === "DELETE") objects.delete(url);
      else if (!isThere) objects.add(url);
      response.writeHead(kind === "refuses" || !isSigned ? 403 : isThere ? 412 : 200).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return work(`http://127.0.0.1:${port}`, calls).finally(() => server.close());
  }
  const ask = (url: string) => preflight(yaml({}, state), { env: { ...keys, AWS_ENDPOINT_URL_S3: url } });

  test("that keeps two writers apart is let through, and left as it was", async () => {
    await store("locks", async (url, calls) => {
      expect(await ask(url)).toMatchObject({ exitCode: 0 });
      const probe = "/farm-state/bednet/farm.tfstate.lock-probe";
      expect(calls).toEqual([`PUT ${probe}`, `PUT ${probe}`, `DELETE ${probe}`]);
    });
  });

  test("that does not is refused", async () => {
    await store("ignores", async (url, calls) => {
      const ran = await ask(url);
      expect(ran).toMatchObject({ exitCode: 1 });
      expect(ran.stderr).toContain(
        "  state: the Space farm-state in fra1 ignores If-None-Match (a second write got 200 in place of 412), so two deploys at once would ruin the state\n    → use { backend: http } with a lock, or a Space in another region\n",
      );
      expect(calls.at(-1)).toMatch(/^DELETE/);
    });
    await standIn.close();
    await store("refuses", async (url) => {
      const ran = await ask(url);
      expect(ran.stderr).toContain("  state: the Space farm-state in fra1 refuses the access key\n");
      expect(ran.stderr).not.toContain("very-secret");
    });
  });

  test("needs its keys", async () => {
    expect((await preflight(yaml({}, state))).stderr).toContain(
      "  state: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set\n",
    );
  });
});
