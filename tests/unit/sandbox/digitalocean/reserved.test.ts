// Reserved addresses of the stand-in: held by one droplet, listed among its own, and told where to lead.
import { expect, test } from "vitest";
import { instantHosts } from "../../../../sandbox/digitalocean/hosts.ts";
import { newDroplet, type Rig, startRig } from "./rig.ts";

const reserve = async (rig: Rig, region = "fra1"): Promise<string> =>
  (await rig.get("POST /v2/reserved_ips", { region })).reserved_ip.ip;

const act = (rig: Rig, ip: string, body: object): Promise<string> =>
  rig.refusal(`POST /v2/reserved_ips/${ip}/actions`, body);

const publicOf = async (rig: Rig, id: number): Promise<string[]> => {
  const { droplet } = await rig.get(`GET /v2/droplets/${id}`);
  const v4 = droplet.networks.v4 as { type: string; ip_address: string }[];
  return v4.filter(({ type }) => type === "public").map(({ ip_address }) => ip_address);
};

test.each([
  ["first", ["198.51.100.1", "203.0.113.1"]],
  ["last", ["203.0.113.1", "198.51.100.1"]],
] as const)(
  "the reserved address is one of the droplet's public ones, and comes %s",
  async (reservedAddress, listed) => {
    const rig = await startRig({ reservedAddress });
    const id = await newDroplet(rig);
    const ip = await reserve(rig);
    await act(rig, ip, { type: "assign", droplet_id: id });
    await rig.pass(1_000);
    expect(await publicOf(rig, id)).toEqual(listed);
  },
);

test("an assignment takes its time, moves the address, and the host is told in the right order", async () => {
  const told: string[] = [];
  const hosts = instantHosts();
  const create: typeof hosts.create = (order) => ({
    ...hosts.create(order),
    addAddress: async (address) => void told.push(`${address} to ${order.name}`),
    removeAddress: async (address) => void told.push(`${address} from ${order.name}`),
  });
  const rig = await startRig({ hosts: { ...hosts, create } });
  const [blue, green] = [await newDroplet(rig, { name: "blue" }), await newDroplet(rig, { name: "green" })];
  const ip = await reserve(rig);
  const path = `/v2/reserved_ips/${ip}`;
  const { action } = await rig.get(`POST ${path}/actions`, { type: "assign", droplet_id: blue });
  expect(action).toMatchObject({ status: "in-progress", resource_type: "reserved_ip", resource_id: 3_325_256_705 });
  await rig.pass(0);
  expect(await act(rig, ip, { type: "unassign" })).toBe("422 The reserved IP already has a pending event.");
  expect(await rig.refusal(`DELETE ${path}`)).toBe("422 The reserved IP already has a pending event.");
  await rig.pass(1_000);
  expect((await rig.get(`GET ${path}/actions/${action.id}`)).action.status).toBe("completed");
  expect((await rig.get(`GET ${path}`)).reserved_ip.droplet.id).toBe(blue);
  await act(rig, ip, { type: "assign", droplet_id: green });
  await rig.pass(1_000);
  expect((await rig.get(`GET ${path}`)).reserved_ip.droplet.id).toBe(green);
  await act(rig, ip, { type: "unassign" });
  await rig.pass(1_000);
  expect((await rig.get(`GET ${path}`)).reserved_ip.droplet).toBeNull();
  expect(told).toEqual([`${ip} to blue`, `${ip} to green`, `${ip} from blue`, `${ip} from green`]);
  expect((await rig.ask(`DELETE ${path}`)).status).toBe(204);
  expect((await rig.ask(`GET ${path}`)).status).toBe(404);
});

test("what cannot be assigned is refused", async () => {
  const rig = await startRig();
  const id = await newDroplet(rig);
  const ip = await reserve(rig);
  const far = await reserve(rig, "ams3");
  const other = await reserve(rig);
  const assign = { type: "assign", droplet_id: id };
  expect(await act(rig, ip, { type: "unassign" })).toBe("422 The reserved IP is not assigned to a Droplet.");
  expect(await act(rig, ip, { type: "give" })).toBe("422 type must be one of assign, unassign");
  expect(await act(rig, ip, { type: "assign", droplet_id: 1 })).toMatch(/^404 /);
  expect(await act(rig, far, assign)).toBe("422 The reserved IP and the Droplet must be in the same region.");
  expect(await act(rig, ip, assign)).toBe("201 undefined");
  await rig.pass(1_000);
  expect(await act(rig, ip, assign)).toBe("422 The reserved IP is already assigned to this Droplet.");
  expect(await act(rig, other, assign)).toBe("422 The Droplet already has a reserved IP.");
  const limit = "422 You have reached your reserved IP limit.";
  expect(await rig.refusal("POST /v2/reserved_ips", { region: "fra1" })).toBe(limit);
  expect(await rig.refusal("POST /v2/reserved_ips", { region: "mars1" })).toBe("422 You specified an invalid region.");
});

test("IPv6: the same, for droplets that have it", async () => {
  const rig = await startRig();
  const [without, having] = [await newDroplet(rig), await newDroplet(rig, { ipv6: true })];
  const { ip, region_slug, droplet } = (await rig.get("POST /v2/reserved_ipv6", { region_slug: "fra1" })).reserved_ipv6;
  expect([region_slug, droplet]).toEqual(["fra1", null]);
  const path = `/v2/reserved_ipv6/${ip}`;
  const assign = (id: number) => rig.refusal(`POST ${path}/actions`, { type: "assign", droplet_id: id });
  expect(await assign(without)).toBe("422 The Droplet must have IPv6 enabled.");
  expect(await assign(having)).toBe("201 undefined");
  await rig.pass(1_000);
  expect((await rig.get(`GET ${path}`)).reserved_ipv6.droplet.id).toBe(having);
  expect(await rig.refusal(`DELETE ${path}`)).toBe("422 The reserved IPv6 is assigned to a Droplet.");
  const { action } = await rig.get(`POST ${path}/actions`, { type: "unassign" });
  await rig.pass(1_000);
  expect((await rig.get(`GET /v2/actions/${action.id}`)).action.status).toBe("completed");
  expect(await assign(having)).toBe("201 undefined");
  await rig.pass(1_000);
  await rig.ask(`DELETE /v2/droplets/${having}`);
  expect((await rig.ask(`DELETE ${path}`)).status).toBe(204);
  expect((await rig.ask(`GET ${path}`)).status).toBe(404);
});
