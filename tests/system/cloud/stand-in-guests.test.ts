// Droplets that boot: reached on their own address and through the reserved one, which moves; and nothing is left of them.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runAny } from "../../../sandbox/command.ts";
import { type GuestHosts, guestHosts } from "../../../sandbox/digitalocean/guest-hosts.ts";
import { type DigitalOcean, startDigitalOcean } from "../../../sandbox/digitalocean/server.ts";
import { makeKeys } from "../../../sandbox/guest-keys.ts";
import { leftovers } from "../../../sandbox/leftovers.ts";
import { canRehearse } from "../../../sandbox/requirements.ts";
import { listRuns } from "../../../sandbox/runs.ts";
import { type CloudClient, cloudClient } from "./stand-in/client.ts";

const verdict = await canRehearse();

describe.runIf(verdict.ok)("droplets that boot", () => {
  let hosts: GuestHosts;
  let api: DigitalOcean;
  let folder: string;
  let key: { file: string; line: string };
  /** Ours: somebody else's rehearsal may run beside us. */
  const runs = () => listRuns().flatMap(({ name, record }) => (record?.owner.pid === process.pid ? name : []));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bednet-test-"));
    const { clientFile, clientLine } = await makeKeys(folder);
    key = { file: clientFile, line: clientLine };
    hosts = guestHosts();
    api = await startDigitalOcean({ hosts, account: { keys: { deploy: key.line } } });
  });
  afterAll(async () => {
    await api.close();
    await rm(folder, { recursive: true });
  });

  const ask: CloudClient["ask"] = (call, body) => cloudClient(api).ask(call, body);
  const act: CloudClient["act"] = (path, body) => cloudClient(api).act(path, body);
  const create = (name: string, user_data = ""): Promise<number> =>
    cloudClient(api).createDroplet(name, { user_data, ssh_keys: [api.cloud.keys[0]!.id] });

  const ownAddress = async (id: number): Promise<string> => (await hosts.guestOf(id)!).address;

  /** What ssh says at an address; an empty text: it did not get in. */
  const ssh = async (address: string, command: string): Promise<string> => {
    const how = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=5"];
    const options = ["-F", "none", "-i", key.file, ...how.flatMap((option) => ["-o", option])];
    return (await runAny(["ssh", ...options, `root@${address}`, command])).stdout.trim();
  };

  let blue: number;
  let green: number;
  let ip: string;

  test("a droplet is active when its sshd answers, for the key that it was ordered with and no other", async () => {
    blue = await create("blue", "#cloud-config\nruncmd:\n  - hostname >/root/user-data-ran\n");
    const { droplet } = await ask(`GET /v2/droplets/${blue}`);
    expect(droplet.status).toBe("active");
    const listed = droplet.networks.v4.map((each: { ip_address: string }) => each.ip_address);
    expect(listed).toContain(await ownAddress(blue));
    expect(await ssh(await ownAddress(blue), "hostname")).toBe("blue");
    const guest = await hosts.guestOf(blue)!;
    expect(await readFile(join(guest.root, "root/.ssh/authorized_keys"), "utf8")).toBe(`${key.line}\n`);
    await expect.poll(() => ssh(guest.address, "cat /root/user-data-ran"), { timeout: 20_000 }).toBe("blue");
  });

  test("a reserved address leads to whoever holds it, and to nobody else", async () => {
    ip = (await ask("POST /v2/reserved_ips", { region: "fra1" })).reserved_ip.ip;
    expect(await ssh(ip, "hostname")).toBe("");
    await act(`/v2/reserved_ips/${ip}`, { type: "assign", droplet_id: blue });
    expect(await ssh(ip, "hostname")).toBe("blue");
    green = await create("green");
    await act(`/v2/reserved_ips/${ip}`, { type: "assign", droplet_id: green });
    expect(await ssh(ip, "hostname")).toBe("green");
    expect(await ssh(await ownAddress(blue), `hostname; ip -o addr | grep -c ${ip}`)).toBe("blue\n0");
    expect((await ask(`GET /v2/reserved_ips/${ip}`)).reserved_ip.droplet.id).toBe(green);
  });

  test("a guest reaches another one through the reserved address", async () => {
    const guest = await hosts.guestOf(blue)!;
    const greeting = await guest.exec(["bash", "-c", `exec 3<>/dev/tcp/${ip}/22; head -c 7 <&3`]);
    expect(greeting.stdout).toBe("SSH-2.0");
  });

  test("off is off, on is on again at the same addresses", async () => {
    await act(`/v2/droplets/${green}`, { type: "shutdown" });
    expect((await ask(`GET /v2/droplets/${green}`)).droplet.status).toBe("off");
    expect(await ssh(ip, "hostname")).toBe("");
    await act(`/v2/droplets/${green}`, { type: "power_on" });
    expect(await ssh(ip, "hostname")).toBe("green");
  });

  test("a deleted droplet takes its guest along, and the address leads to nobody", async () => {
    const { name } = await hosts.guestOf(green)!;
    await ask(`DELETE /v2/droplets/${green}`);
    await api.cloud.quiet();
    expect(runs()).not.toContain(name);
    expect(await ssh(ip, "hostname")).toBe("");
    await act(`/v2/reserved_ips/${ip}`, { type: "assign", droplet_id: blue });
    expect(await ssh(ip, "hostname")).toBe("blue");
  });

  test("deleted in mid-boot, or closed while something boots: nothing is left", async () => {
    const wish = { name: "young", size: "s-1vcpu-1gb", region: "fra1", image: "debian-13-x64" };
    await ask("POST /v2/droplets", wish);
    await sleep(200);
    expect(await api.close()).toEqual([]);
    expect(api.cloud.gaps).toEqual([]);
    expect(runs()).toEqual([]);
    expect(await leftovers()).toEqual([]);
    expect((await runAny(["ip", "route", "show", `${ip}/32`])).stdout).toBe("");
  });
});
