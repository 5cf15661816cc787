// The rest of an account at the stand-in: keys, tags, zones, firewalls, projects, alerts.
import { expect, test } from "vitest";
import type { RecordChange } from "../../../../sandbox/digitalocean/domains.ts";
import { newDroplet, publicKey, startRig } from "./rig.ts";

test("keys: the fingerprint is ssh-keygen's, a second copy is refused", async () => {
  const rig = await startRig();
  const { ssh_key } = await rig.get("POST /v2/account/keys", { name: "deploy", public_key: publicKey });
  const fingerprint = "5c:d5:e9:c7:3f:2e:ec:09:1b:88:35:fd:a0:41:2c:44";
  expect(ssh_key).toEqual({ id: ssh_key.id, name: "deploy", public_key: publicKey, fingerprint });
  const again = { name: "other", public_key: `${publicKey} another comment` };
  expect(await rig.refusal("POST /v2/account/keys", again)).toBe("422 SSH Key is already in use on your account");
  expect(await rig.refusal("POST /v2/account/keys", { name: "x", public_key: "ssh-rsa AAAA" })).toMatch(/^422 Key inv/);
  await rig.get(`PUT /v2/account/keys/${ssh_key.id}`, { name: "renamed" });
  expect((await rig.get(`GET /v2/account/keys/${ssh_key.fingerprint}`)).ssh_key.name).toBe("renamed");
  expect((await rig.ask(`DELETE /v2/account/keys/${ssh_key.id}`)).status).toBe(204);
  expect((await rig.ask(`GET /v2/account/keys/${ssh_key.id}`)).status).toBe(404);
});

test("tags: bare ones, on droplets, found by them, and gone from them", async () => {
  const rig = await startRig();
  const pin = `bednet-pin-1-${"a".repeat(64)}`;
  await rig.get("POST /v2/tags", { name: pin });
  expect((await rig.get("POST /v2/tags", { name: pin })).tag.name).toBe(pin);
  expect((await rig.get("GET /v2/tags")).tags).toHaveLength(1);
  const id = await newDroplet(rig);
  const resources = [{ resource_id: String(id), resource_type: "droplet" }];
  expect((await rig.ask(`POST /v2/tags/${pin}/resources`, { resources })).status).toBe(204);
  expect((await rig.get(`GET /v2/droplets?tag_name=${pin}`)).droplets).toHaveLength(1);
  expect((await rig.get("GET /v2/droplets?tag_name=other")).droplets).toHaveLength(0);
  expect((await rig.get(`GET /v2/tags/${pin}`)).tag.resources).toMatchObject({ count: 1, droplets: { count: 1 } });
  expect((await rig.ask(`DELETE /v2/tags/${pin}`)).status).toBe(204);
  expect((await rig.get(`GET /v2/droplets/${id}`)).droplet.tags).toEqual([]);
  expect((await rig.ask(`GET /v2/tags/${pin}`)).status).toBe(404);
  expect(await rig.refusal("POST /v2/tags", { name: "a b" })).toMatch(/^400 /);
});

test("zones: each change of an address is told, and the customer's own records stay", async () => {
  const changes: RecordChange[] = [];
  const rig = await startRig({
    account: { zones: { "example.com": { www: "192.0.2.1" } } },
    onRecord: (change) => void changes.push(change),
  });
  const records = "/v2/domains/example.com/records";
  const a = { type: "A", name: "mqtt", data: "198.51.100.1", ttl: 300 };
  const { domain_record } = await rig.get(`POST ${records}`, a);
  expect(domain_record).toMatchObject({ ...a, priority: null });
  await rig.get(`PUT ${records}/${domain_record.id}`, { data: "198.51.100.2" });
  expect((await rig.get(`GET ${records}?type=A&name=mqtt.example.com`)).domain_records[0].data).toBe("198.51.100.2");
  expect((await rig.ask(`DELETE ${records}/${domain_record.id}`)).status).toBe(204);
  await rig.pass(0);
  expect(changes.map(({ name, addresses }) => `${name} ${addresses}`)).toEqual([
    "www.example.com 192.0.2.1",
    "mqtt.example.com 198.51.100.1",
    "mqtt.example.com 198.51.100.2",
    "mqtt.example.com ",
  ]);
  expect(await rig.refusal(`POST ${records}`, { ...a, data: "here" })).toBe("422 here is not a valid IPv4 address");
  expect(await rig.refusal(`POST ${records}`, { ...a, ttl: 5 })).toBe("422 TTL must be at least 30.");
  const cname = { type: "CNAME", name: "www", data: "other.example.com." };
  const shared = "422 CNAME records cannot share a name with other records";
  expect(await rig.refusal(`POST ${records}`, cname)).toBe(shared);
  const dotless = { type: "MX", name: "@", data: "mail.example.com" };
  expect(await rig.refusal(`POST ${records}`, dotless)).toBe("422 Data needs to end with a dot (.)");
  expect((await rig.ask("POST /v2/domains/other.com/records", a)).status).toBe(404);
  expect(await rig.refusal("POST /v2/domains", { name: "example.com" })).toBe("422 Name already exists.");
  expect((await rig.get(`GET ${records}`)).meta.total).toBe(5);
  expect((await rig.ask("DELETE /v2/domains/example.com")).status).toBe(204);
  await rig.pass(0);
  expect(changes.at(-1)).toEqual({ name: "www.example.com", type: "A", addresses: [] });
});

const firewall = {
  name: "cloud",
  tags: ["fleet"],
  inbound_rules: [
    { protocol: "tcp", ports: "22", sources: { addresses: ["203.0.113.0/24"] } },
    { protocol: "icmp", sources: { addresses: ["0.0.0.0/0"] } },
  ],
  outbound_rules: [{ protocol: "udp", ports: "all", destinations: { addresses: ["0.0.0.0/0"] } }],
  droplet_ids: [],
};

test("firewalls: by tags that exist, with ports where a protocol has them", async () => {
  const rig = await startRig();
  expect(await rig.refusal("POST /v2/firewalls", firewall)).toBe("422 tag fleet does not exist");
  await rig.get("POST /v2/tags", { name: "fleet" });
  const made = (await rig.get("POST /v2/firewalls", firewall)).firewall;
  expect(made.status).toBe("waiting");
  const ports = (rules: { ports: string }[]) => rules.map((rule) => rule.ports);
  expect([...ports(made.inbound_rules), ...ports(made.outbound_rules)]).toEqual(["22", "0", "0"]);
  expect(await rig.refusal("POST /v2/firewalls", firewall)).toBe("409 duplicate name");
  const path = `/v2/firewalls/${made.id}`;
  const inbound = (rule: object) => ({ ...firewall, inbound_rules: [rule] });
  expect(await rig.refusal(`PUT ${path}`, inbound({ protocol: "tcp" }))).toBe("422 invalid ports undefined");
  const nobody = { protocol: "tcp", ports: "22", sources: {} };
  expect(await rig.refusal(`PUT ${path}`, inbound(nobody))).toBe("422 sources must be specified");
  const empty = { ...firewall, inbound_rules: [], outbound_rules: [] };
  expect(await rig.refusal(`PUT ${path}`, empty)).toBe("422 at least one rule must be specified");
  const id = await newDroplet(rig);
  await rig.ask(`POST ${path}/droplets`, { droplet_ids: [id] });
  expect((await rig.get(`GET ${path}`)).firewall).toMatchObject({ status: "succeeded", droplet_ids: [id] });
  expect((await rig.ask(`DELETE ${path}`)).status).toBe(204);
  expect((await rig.ask(`GET ${path}`)).status).toBe(404);
});

test("projects: everything is in the default one first, and one with resources cannot be deleted", async () => {
  const rig = await startRig();
  const urn = `do:droplet:${await newDroplet(rig)}`;
  const { project } = await rig.get("POST /v2/projects", { name: "bednet", purpose: "MQTT broker" });
  expect(project.purpose).toBe("Other: MQTT broker");
  const path = `/v2/projects/${project.id}`;
  const urns = async (of: string) =>
    (await rig.get(`GET /v2/projects/${of}/resources`)).resources.map((each: { urn: string }) => each.urn);
  expect(await urns("default")).toEqual([urn]);
  const moved = await rig.get(`POST ${path}/resources`, { resources: [urn, "do:droplet:1"] });
  expect(moved.resources.map(({ status }: { status: string }) => status)).toEqual(["ok", "not_found"]);
  expect([await urns("default"), await urns(project.id)]).toEqual([[], [urn]]);
  const full = "412 cannot delete a project with resources. Move or remove the resources first.";
  expect(await rig.refusal(`DELETE ${path}`)).toBe(full);
  await rig.get("POST /v2/projects/default/resources", { resources: [urn] });
  expect(await rig.refusal(`DELETE ${path}`)).toBe(full);
  await rig.pass(1_000);
  expect((await rig.ask(`DELETE ${path}`)).status).toBe(204);
  expect(await rig.refusal("DELETE /v2/projects/default")).toBe("412 cannot delete the default project");
});

test("alerts and uptime checks: created, changed, gone; who is told must be said", async () => {
  const rig = await startRig();
  const alerts = { email: ["ops@example.com"] };
  const policy = { type: "v1/insights/droplet/cpu", description: "cpu", compare: "GreaterThan", window: "5m" };
  const made = (await rig.get("POST /v2/monitoring/alerts", { ...policy, value: 80, alerts })).policy;
  const path = `/v2/monitoring/alerts/${made.uuid}`;
  expect((await rig.get(`PUT ${path}`, { ...policy, value: 85.5, alerts })).policy.value).toBe(85.5);
  const nobody = { ...policy, value: 80, alerts: { email: [] } };
  expect(await rig.refusal("POST /v2/monitoring/alerts", nobody)).toBe("422 alerts must name somebody");
  expect((await rig.ask(`DELETE ${path}`)).status).toBe(204);
  expect((await rig.ask(`GET ${path}`)).status).toBe(404);
  const check = { name: "ping", type: "ping", target: "198.51.100.1", regions: ["eu_west"] };
  const { id } = (await rig.get("POST /v2/uptime/checks", check)).check;
  const mqtt = { ...check, type: "mqtt" };
  expect(await rig.refusal("POST /v2/uptime/checks", mqtt)).toBe("422 type must be one of ping, http, https");
  const down = { name: "down", type: "down", period: "2m", notifications: alerts };
  const { alert } = await rig.get(`POST /v2/uptime/checks/${id}/alerts`, down);
  expect((await rig.get(`GET /v2/uptime/checks/${id}/alerts/${alert.id}`)).alert).toMatchObject({ type: "down" });
  expect((await rig.ask(`DELETE /v2/uptime/checks/${id}`)).status).toBe(204);
  expect((await rig.ask(`GET /v2/uptime/checks/${id}/alerts/${alert.id}`)).status).toBe(404);
});

test("a reserved address is listed in projects by its old name, and cannot be moved while a droplet holds it", async () => {
  const rig = await startRig();
  const id = await newDroplet(rig);
  const { ip } = (await rig.get("POST /v2/reserved_ips", { region: "fra1" })).reserved_ip;
  const { project } = await rig.get("POST /v2/projects", { name: "bednet", purpose: "IoT" });
  const resources = [`do:reservedip:${ip}`];
  const path = `/v2/projects/${project.id}/resources`;
  const moved = (await rig.get(`POST ${path}`, { resources })).resources[0];
  expect(moved).toMatchObject({ urn: `do:floatingip:${ip}`, status: "ok" });
  expect((await rig.get(`GET /v2/reserved_ips/${ip}`)).reserved_ip.project_id).toBe(project.id);
  await rig.get(`POST /v2/reserved_ips/${ip}/actions`, { type: "assign", droplet_id: id });
  await rig.pass(1_000);
  const held = "412 Cannot move a Reserved IP with an associated Droplet";
  expect(await rig.refusal("POST /v2/projects/default/resources", { resources })).toBe(held);
});
