// Droplets of the stand-in: what is refused, how one comes up, and what an event in between refuses.
import { expect, test } from "vitest";
import type { HostOrder } from "../../../../sandbox/digitalocean/hosts.ts";
import { instantHosts } from "../../../../sandbox/digitalocean/hosts.ts";
import { aDroplet, newDroplet, publicKey, startRig } from "./rig.ts";

test.each([
  [{ size: "s-9vcpu-9gb" }, "422 You specified an invalid size for Droplet creation."],
  [{ region: "mars1" }, "422 You specified an invalid region."],
  [{ image: "debian-12-x64" }, "422 You specified an invalid image for Droplet creation."],
  [{ name: "a broker" }, "422 Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"],
  [{ ssh_keys: [1] }, "422 1 are invalid key identifiers for Droplet creation."],
  [{ ssh_keys: ["aa:bb"] }, "422 aa:bb are invalid key identifiers for Droplet creation."],
  [{ tags: ["a tag"] }, '400 Error validating resource tag: "a tag" contains invalid characters'],
  [{ user_data: "x".repeat(65_537) }, "422 User Data must not exceed 64 KiB"],
])("a droplet with %o is refused, and nothing is made", async (wrong, refusal) => {
  const rig = await startRig();
  expect(await rig.refusal("POST /v2/droplets", { ...aDroplet, ...wrong })).toBe(refusal);
  expect((await rig.get("GET /v2/droplets")).droplets).toEqual([]);
});

test("the host is ordered with the account's keys, by number or fingerprint, and with its user data and tags", async () => {
  const orders: HostOrder[] = [];
  const hosts = instantHosts();
  const create: typeof hosts.create = (order) => {
    orders.push(order);
    return hosts.create(order);
  };
  const rig = await startRig({ hosts: { ...hosts, create }, account: { keys: { there: publicKey } } });
  const { fingerprint } = (await rig.get("GET /v2/account/keys")).ssh_keys[0];
  const wishes = { ssh_keys: [fingerprint], user_data: "#!/bin/sh\n", tags: ["bednet-x"] };
  await newDroplet(rig, wishes);
  const { id: _, ...order } = orders[0]!;
  const [sshKeys, tags, image] = [[publicKey], ["bednet-x"], "debian-13-x64"];
  expect(order).toEqual({ name: "broker", userData: "#!/bin/sh\n", sshKeys, tags, image });
});

test("it is new and locked until its host answers; its event goes on, and refuses any other until it is over", async () => {
  let up: (address: string) => void = () => {};
  const hosts = instantHosts();
  const ready = new Promise<string>((resolve) => {
    up = resolve;
  });
  const rig = await startRig({ hosts: { ...hosts, create: (order) => ({ ...hosts.create(order), ready }) } });
  const { droplet, links } = await rig.get("POST /v2/droplets", { ...aDroplet, monitoring: true });
  expect(droplet).toMatchObject({ status: "new", locked: true, networks: { v4: [], v6: [] } });
  expect(droplet.features).toContain("monitoring");
  const path = `/v2/droplets/${droplet.id}`;
  const pending = "422 Droplet already has a pending event.";
  expect(await rig.refusal(`DELETE ${path}`)).toBe(pending);
  up("203.0.113.77");
  await rig.pass(0);
  const now = (await rig.get(`GET ${path}`)).droplet;
  expect(now).toMatchObject({ status: "active", locked: false, size_slug: "s-1vcpu-1gb", vcpus: 1 });
  expect(now.networks.v4.map(({ type }: { type: string }) => type)).toEqual(["private", "public"]);
  const action = async () => (await rig.get(`GET /v2/actions/${links.actions[0].id}`)).action;
  expect(await action()).toMatchObject({ status: "in-progress", completed_at: null, type: "create" });
  expect(await rig.refusal(`POST ${path}/actions`, { type: "power_off" })).toBe(pending);
  const { ip } = (await rig.get("POST /v2/reserved_ips", { region: "fra1" })).reserved_ip;
  const assign = { type: "assign", droplet_id: droplet.id };
  expect(await rig.refusal(`POST /v2/reserved_ips/${ip}/actions`, assign)).toBe(pending);
  await rig.pass(1_000);
  expect(await action()).toMatchObject({ status: "completed", completed_at: "2026-01-01T00:00:01Z" });
  expect((await rig.ask(`POST /v2/reserved_ips/${ip}/actions`, assign)).status).toBe(201);
});

test("a host that does not come up is told as a failed event, and its droplet can be deleted", async () => {
  const hosts = instantHosts();
  const create: typeof hosts.create = (order) => ({
    ...hosts.create(order),
    ready: Promise.reject(new Error("no room")),
  });
  const rig = await startRig({ hosts: { ...hosts, create } });
  const id = await newDroplet(rig);
  expect((await rig.get(`GET /v2/droplets/${id}`)).droplet.status).toBe("off");
  expect((await rig.get(`GET /v2/droplets/${id}/actions`)).actions[0].status).toBe("errored");
  expect(rig.cloud.failures).toEqual([`create of droplet ${id}: no room`]);
  expect((await rig.ask(`DELETE /v2/droplets/${id}`)).status).toBe(204);
});

test("off, bigger, on, renamed; smaller disks and running droplets are refused", async () => {
  const rig = await startRig();
  const id = await newDroplet(rig);
  const act = async (body: object): Promise<string> => {
    const said = await rig.refusal(`POST /v2/droplets/${id}/actions`, body);
    await rig.pass(1_000);
    return said;
  };
  const bigger = { type: "resize", size: "s-1vcpu-2gb", disk: true };
  expect(await act(bigger)).toBe("422 Droplet must be powered off to be resized.");
  expect(await act({ type: "shutdown" })).toBe("201 undefined");
  expect(await act({ type: "shutdown" })).toBe("201 undefined");
  expect(await act({ type: "power_off" })).toBe("422 Droplet is already powered off.");
  expect(await act(bigger)).toBe("201 undefined");
  expect(await act(bigger)).toBe("422 Droplet is already that size.");
  const smaller = { type: "resize", size: "s-1vcpu-1gb", disk: false };
  expect(await act(smaller)).toBe("422 This size is not available because it has a smaller disk.");
  expect(await act({ type: "power_on" })).toBe("201 undefined");
  expect(await act({ type: "rename", name: "other" })).toBe("201 undefined");
  expect(await act({ type: "enable_backups" })).toBe("201 undefined");
  const { droplet } = await rig.get(`GET /v2/droplets/${id}`);
  expect(droplet).toMatchObject({ name: "other", status: "active", disk: 50, memory: 2048 });
  expect(droplet.features).toContain("backups");
  expect(rig.cloud.gaps).toEqual([]);
  expect(await act({ type: "snapshot" })).toBe("422 snapshot is not a type of droplet action");
  expect(rig.cloud.gaps).toEqual(["droplet action snapshot"]);
});

test("a deleted one is 404 at once, and its host, its address and its place in lists are gone with it", async () => {
  const destroyed: number[] = [];
  const hosts = instantHosts();
  const create: typeof hosts.create = (order) => ({
    ...hosts.create(order),
    destroy: async () => void destroyed.push(order.id),
  });
  const rig = await startRig({ hosts: { ...hosts, create } });
  const id = await newDroplet(rig, { tags: ["t"] });
  const { ip } = (await rig.get("POST /v2/reserved_ips", { region: "fra1" })).reserved_ip;
  await rig.get(`POST /v2/reserved_ips/${ip}/actions`, { type: "assign", droplet_id: id });
  await rig.pass(1_000);
  expect((await rig.ask(`DELETE /v2/droplets/${id}`)).status).toBe(204);
  const gone = "404 The resource you were accessing could not be found.";
  expect(await rig.refusal(`GET /v2/droplets/${id}`)).toBe(gone);
  expect(await rig.refusal(`DELETE /v2/droplets/${id}`)).toBe(gone);
  await rig.pass(0);
  expect(destroyed).toEqual([id]);
  expect((await rig.get(`GET /v2/reserved_ips/${ip}`)).reserved_ip.droplet).toBeNull();
  expect((await rig.get("GET /v2/tags/t")).tag.resources.count).toBe(0);
  expect((await rig.get("GET /v2/projects/default/resources")).resources).toHaveLength(1);
});

test("no more of them than the account may have", async () => {
  const rig = await startRig({ account: { dropletLimit: 1 } });
  await newDroplet(rig);
  const refusal = "422 creating this/these droplet(s) will exceed your droplet limit";
  expect(await rig.refusal("POST /v2/droplets", aDroplet)).toBe(refusal);
});
