// Everything at DigitalOcean that bears this fleet's names, whether a state knows it or not.
import { cloudName } from "../../fleet/cloud-name.ts";
import { type DigitalOceanApi, orNone } from "../../remote/digitalocean/api.ts";
import { dropletsTagged } from "../../remote/digitalocean/droplets.ts";
import { projectDescription } from "../../stacks/project.ts";
import type { StackSource } from "../../stacks/source.ts";
import type { State } from "../../stacks/terraform/state.ts";
import { assignments } from "./repair-assignment.ts";
import type { Stray } from "./strays.ts";

/** In the order in which they can be removed. */
export async function everythingNamed(api: DigitalOceanApi, source: StackSource, state: State): Promise<Stray[]> {
  const { fleet } = source;
  const ours = cloudName(fleet);
  const found = await Promise.all([
    droplets(api, ours),
    watchers(api, ours),
    records(api, source, state),
    projects(api, source),
    keys(api, source, ours),
    named<{ id: string; name: string }>(
      api,
      "/v2/firewalls",
      "firewalls",
      ({ name }) => name === ours,
      (one) => stray("firewall", one.id, ours, `/v2/firewalls/${one.id}`, "digitalocean_firewall.cloud"),
    ),
    api
      .get(`/v2/tags/${ours}`)
      .then(() => [stray("tag", ours, ours, `/v2/tags/${ours}`, "digitalocean_tag.fleet")], noneOf),
  ]);
  return found.flat();
}

function stray(
  what: string,
  id: string | number,
  name: string,
  path: string,
  address: string,
  importId = `${id}`,
): Stray {
  const [type = ""] = address.split(".");
  const becomes = address.includes(".") ? { address, importId } : undefined;
  return { says: `${what} ${id} (${name})`, id: String(id), type, path, becomes };
}

const noneOf = (error: unknown): Stray[] => {
  orNone(error);
  return [];
};

async function named<T>(
  api: DigitalOceanApi,
  path: string,
  key: string,
  isOurs: (one: T) => boolean,
  asStray: (one: T) => Stray,
): Promise<Stray[]> {
  const all = await api.all<T>(path, key);
  return all.filter(isOurs).map(asStray);
}

async function droplets(api: DigitalOceanApi, ours: string): Promise<Stray[]> {
  return (await dropletsTagged(api, ours)).map(({ id, name, created_at: created }) =>
    stray("droplet", id, `${name}, created ${created}`, `/v2/droplets/${id}`, "digitalocean_droplet"),
  );
}

/** Alerts of a check go with it, so they come after it and only with one that is kept. */
async function watchers(api: DigitalOceanApi, ours: string): Promise<Stray[]> {
  type Named = { id: string; name: string };
  const checks = (await api.all<Named>("/v2/uptime/checks", "checks")).filter(({ name }) => name === ours);
  const policies = await named<{ uuid: string; description: string }>(
    api,
    "/v2/monitoring/alerts",
    "policies",
    ({ description }) => description.startsWith(`${ours}: `),
    ({ uuid, description }) => {
      const what = description.slice(ours.length + 2).split(" ")[0];
      const path = `/v2/monitoring/alerts/${uuid}`;
      return stray("alert policy", uuid, description, path, `digitalocean_monitor_alert.${what}`);
    },
  );
  const alerts = await Promise.all(
    checks.map(async ({ id }) => {
      const path = `/v2/uptime/checks/${id}/alerts`;
      const all = await api.all<Named>(path, "alerts");
      return all.map((one) =>
        stray("alert", one.id, one.name, `${path}/${one.id}`, "digitalocean_uptime_alert.ping", `${id},${one.id}`),
      );
    }),
  );
  const kept = checks.map(({ id }) =>
    stray("uptime check", id, ours, `/v2/uptime/checks/${id}`, "digitalocean_uptime_check.ping"),
  );
  return [...policies, ...alerts.flat(), ...kept];
}

/** Of the broker's name, with an address that this state has: others are somebody else's. */
async function records(api: DigitalOceanApi, { fleet }: StackSource, state: State): Promise<Stray[]> {
  const { dns, broker } = fleet;
  if (dns === "manual") return [];
  const own = assignments.flatMap(({ reserved }) => state.instances(reserved).map(({ attributes }) => attributes.id));
  const short = broker.domain === dns.zone ? "@" : broker.domain.slice(0, -dns.zone.length - 1);
  const path = `/v2/domains/${dns.zone}/records`;
  type DnsRecord = { id: number; type: string; name: string; data: string };
  const all = await api.all<DnsRecord>(path, "domain_records").catch((error) => orNone(error) ?? []);
  return all
    .filter(({ type, name, data }) => (type === "A" || type === "AAAA") && name === short && own.includes(data))
    .map(({ id, type, data }) => {
      const address = `digitalocean_record.${type.toLowerCase()}`;
      return stray("record", id, `${type} ${broker.domain} ${data}`, `${path}/${id}`, address, `${dns.zone},${id}`);
    });
}

/** A project of that name may be the customer's own; ours says what it is for. */
async function projects(api: DigitalOceanApi, { fleet: { host, broker } }: StackSource): Promise<Stray[]> {
  if (host.provider !== "digitalocean" || host.project === undefined) return [];
  type Project = { id: string; name: string; description: string };
  return named<Project>(
    api,
    "/v2/projects",
    "projects",
    ({ name, description }) => name === host.project && description === projectDescription(broker.domain),
    ({ id, name }) => stray("project", id, name, `/v2/projects/${id}`, "digitalocean_project.project"),
  );
}

async function keys(api: DigitalOceanApi, { sshKeys }: StackSource, ours: string): Promise<Stray[]> {
  const body = (line: string): string | undefined => line.split(" ")[1];
  return named<{ id: number; name: string; public_key: string }>(
    api,
    "/v2/account/keys",
    "ssh_keys",
    ({ name }) => name === ours,
    ({ id, public_key: line }) => {
      const index = sshKeys.findIndex((key) => "publicKey" in key && body(key.publicKey) === body(line));
      const address = index < 0 ? "digitalocean_ssh_key" : `digitalocean_ssh_key.key-${index + 1}`;
      return stray("SSH key", id, ours, `/v2/account/keys/${id}`, address);
    },
  );
}
