// bednet door against the stand-in for DigitalOcean: what it opens, that it closes it, and nothing else.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { instantHosts } from "../../../sandbox/digitalocean/hosts.ts";
import { type DigitalOcean, startDigitalOcean } from "../../../sandbox/digitalocean/server.ts";
import { run } from "../../unit/cli/run.ts";

let folder: string;
let cloud: DigitalOcean;
let clockMs: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-door-"));
  await writeFile(join(folder, "fleet.yaml"), fleet("host: { provider: digitalocean, region: fra1,"));
  clockMs = Date.now();
  cloud = await startDigitalOcean({ hosts: instantHosts(), settleMs: 0, clockMs: () => clockMs });
});
afterEach(async () => {
  await cloud.close();
  await rm(folder, { recursive: true });
});

const fleet = (host: string): string => `name: prod
broker: { domain: mqtt.example.com, tls: { issuer: letsencrypt } }
capacity: { devices: 20 }
${host} adminCidrs: [203.0.113.7/32] }
`;
const bednet = (command: string, env: Record<string, string> = {}) =>
  run([...command.split(" "), "--fleet", join(folder, "fleet.yaml")], {
    env: {
      ...{ DIGITALOCEAN_TOKEN: cloud.token, DIGITALOCEAN_API_URL: cloud.url, GITHUB_RUN_ID: "7", GITHUB_JOB: "deploy" },
      ...env,
    },
  });
const names = (): string[] => cloud.cloud.firewalls.map(({ name }) => name);
const post = (body: object) =>
  fetch(`${cloud.url}/v2/firewalls`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.token}` },
    body: JSON.stringify(body),
  });

test("open for one address and port 22 alone, then closed", async () => {
  expect(await bednet("door open --address 198.51.100.9")).toEqual({
    exitCode: 0,
    stdout: "SSH is open for 198.51.100.9 (bednet-prod-door-7-1-deploy), until `bednet door close`.\n",
    stderr: "",
  });
  expect(cloud.cloud.firewalls).toMatchObject([
    {
      name: "bednet-prod-door-7-1-deploy",
      tags: ["bednet-prod"],
      dropletIds: [],
      inbound: [{ protocol: "tcp", ports: "22", sources: { addresses: ["198.51.100.9"] } }],
      outbound: [],
    },
  ]);
  expect((await bednet("door close")).stdout).toBe("SSH is closed again.\n");
  expect(names()).toEqual([]);
  expect(await bednet("door close")).toEqual({ exitCode: 0, stdout: "No door of this run was open.\n", stderr: "" });
});

test("opened twice by the same run, there is one; another run's stays", async () => {
  await bednet("door open --address 198.51.100.9");
  await bednet("door open --address 198.51.100.10");
  await bednet("door open --address 198.51.100.11", { GITHUB_RUN_ID: "8" });
  expect(names()).toEqual(["bednet-prod-door-7-1-deploy", "bednet-prod-door-8-1-deploy"]);
  await bednet("door close");
  expect(names()).toEqual(["bednet-prod-door-8-1-deploy"]);
});

test("the sweep takes old doors of this fleet, and no firewall that only looks like one", async () => {
  await bednet("door open --address 198.51.100.9");
  const rule = { protocol: "tcp", ports: "22", sources: { addresses: ["203.0.113.7/32"] } };
  await fetch(`${cloud.url}/v2/tags`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloud.token}` },
    body: JSON.stringify({ name: "bednet-prod-door-2" }),
  });
  clockMs -= 61 * 60_000;
  await post({ name: "bednet-prod-door-2", tags: ["bednet-prod-door-2"], inbound_rules: [rule] });
  await post({ name: "bednet-prod", tags: ["bednet-prod"], inbound_rules: [rule] });
  await bednet("door open --address 198.51.100.9 --run left");
  expect((await bednet("door sweep")).stdout).toBe("Closed, left open by a run: bednet-prod-door-left\n");
  expect(names()).toEqual(["bednet-prod-door-7-1-deploy", "bednet-prod-door-2", "bednet-prod"]);
  expect((await bednet("door sweep")).stdout).toBe("No door was left open.\n");
});

test("an opening that took effect and was never answered is closed all the same", async () => {
  cloud.addFault({ call: "POST /v2/firewalls", nth: 1, kind: "error-after" });
  const { exitCode } = await bednet("door open --address 198.51.100.9");
  expect(exitCode).toBe(2);
  expect(names()).toEqual(["bednet-prod-door-7-1-deploy"]);
  expect((await bednet("door close")).stdout).toBe("SSH is closed again.\n");
  expect(names()).toEqual([]);
});

test("a refused closing is tried again", async () => {
  await bednet("door open --address 198.51.100.9");
  cloud.addFault({ call: "DELETE /v2/firewalls/*", nth: 1, kind: "error-before" });
  expect((await bednet("door close")).exitCode).toBe(0);
  expect(names()).toEqual([]);
});

test("nobody tells this machine's address", async () => {
  expect(await bednet("door open")).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: `${cloud.url} does not tell which IPv4 address this machine has on the internet\nName it with --address; nothing was changed.\n`,
  });
  expect(names()).toEqual([]);
});

test("a host that is there already has no such door", async () => {
  await writeFile(join(folder, "fleet.yaml"), fleet("host: { provider: existing, address: 203.0.113.20,"));
  expect(await bednet("door open --address 198.51.100.9")).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `${join(folder, "fleet.yaml")}: a host that is there already has no cloud firewall to open\nLet the pipeline run where host.adminCidrs let it in: a runner of your own with a fixed address.\n`,
  });
});
