// DNS zones and their records; who serves the names is told of each change.
import type { Cloud } from "./cloud.ts";
import { page } from "./paging.ts";
import { joinDefaultProject, leaveProjects } from "./projects.ts";
import { type Call, created, ipv4, known, noContent, ok, oneOf, type Routes, text, unprocessable } from "./route.ts";

export interface DomainRecord {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly data: string;
  readonly ttl: number;
  readonly priority: number | null;
  readonly port: number | null;
  readonly weight: number | null;
  readonly flags: number | null;
  readonly tag: string | null;
}

export interface Domain {
  readonly name: string;
  readonly records: DomainRecord[];
}

/** All addresses that a name has now. */
export interface RecordChange {
  readonly name: string;
  readonly type: "A" | "AAAA";
  readonly addresses: readonly string[];
}

const types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"] as const;
const empty = { priority: null, port: null, weight: null, flags: null, tag: null };
const wellFormed = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;

/** With the name servers that DigitalOcean gives each zone. */
export function addDomain(cloud: Cloud, name: string, addresses: Readonly<Record<string, string>> = {}): Domain {
  if (!wellFormed.test(name)) throw unprocessable("Name is not a valid domain name.");
  if (cloud.domains.some((domain) => domain.name === name)) throw unprocessable("Name already exists.");
  const domain: Domain = { name, records: [] };
  const add = (record: Pick<DomainRecord, "type" | "name" | "data">): void =>
    void domain.records.push({ ...empty, ttl: 1800, ...record, id: cloud.nextId() });
  add({ type: "SOA", name: "@", data: "1800" });
  for (const number of [1, 2, 3]) add({ type: "NS", name: "@", data: `ns${number}.digitalocean.com` });
  for (const [host, address] of Object.entries(addresses)) add({ type: "A", name: host, data: address });
  cloud.domains.push(domain);
  joinDefaultProject(cloud, domainUrn(name));
  for (const record of domain.records) tell(cloud, domain, record);
  return domain;
}

const domainUrn = (name: string): string => `do:domain:${name}`;
const fullName = (domain: Domain, name: string): string => (name === "@" ? domain.name : `${name}.${domain.name}`);

function tell(cloud: Cloud, domain: Domain, { type, name }: DomainRecord): void {
  if (type !== "A" && type !== "AAAA") return;
  const addresses = domain.records.flatMap((each) => (each.type === type && each.name === name ? each.data : []));
  cloud.tellRecord({ name: fullName(domain, name), type, addresses });
}

/** `before`: what an edit replaces; what it does not name stays. */
function recordFrom(domain: Domain, body: Call["body"], id: number, before?: DomainRecord): DomainRecord {
  const whole = { ...before, ...Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) };
  const type = oneOf(whole, "type", types);
  const name = text(whole, "name");
  const data = text(whole, "data");
  const number = (key: "priority" | "port" | "weight" | "flags"): number | null => (whole[key] as number) || null;
  const ttl = (whole.ttl as number | undefined) || 1800;
  if (ttl < 30) throw unprocessable("TTL must be at least 30.");
  if (type === "A") ipv4(data);
  const others = domain.records.filter((each) => each.id !== id && each.name === name);
  if (type === "CNAME" ? others.length > 0 : others.some((each) => each.type === "CNAME")) {
    throw unprocessable("CNAME records cannot share a name with other records");
  }
  const dotted = type === "CNAME" || type === "MX" || type === "NS" || type === "SRV" || type === "CAA";
  if (dotted && data !== "@" && !data.endsWith(".")) throw unprocessable("Data needs to end with a dot (.)");
  return {
    ...{ id, type, name, data: dotted ? data.replace(/\.$/, "") : data, ttl, tag: (whole.tag as string) || null },
    ...{ priority: number("priority"), port: number("port"), weight: number("weight"), flags: number("flags") },
  };
}

const domainJson = ({ name }: Domain): object => ({ name, ttl: 1800, zone_file: `$ORIGIN ${name}.\n$TTL 1800\n` });

const wanted = ({ domains }: Cloud, { params }: Call): Domain =>
  known(domains.find(({ name }) => name === params.domain));

const wantedRecord = (domain: Domain, { params }: Call): DomainRecord =>
  known(domain.records.find(({ id }) => String(id) === params.record));

function edit(cloud: Cloud, call: Call): { domain_record: DomainRecord } {
  const domain = wanted(cloud, call);
  const before = wantedRecord(domain, call);
  const record = recordFrom(domain, call.body, before.id, before);
  domain.records[domain.records.indexOf(before)] = record;
  tell(cloud, domain, record);
  if (before.name !== record.name || before.type !== record.type) tell(cloud, domain, before);
  return { domain_record: record };
}

export const domainRoutes: Routes = {
  "GET /v2/domains": (cloud, call) => page("domains", "/v2/domains", cloud.domains.map(domainJson), call),
  "POST /v2/domains": (cloud, { body }) => {
    const address = body.ip_address === undefined ? {} : { "@": ipv4(text(body, "ip_address")) };
    return created({ domain: domainJson(addDomain(cloud, text(body, "name"), address)) });
  },
  "GET /v2/domains/:domain": (cloud, call) => ok({ domain: domainJson(wanted(cloud, call)) }),
  "DELETE /v2/domains/:domain": (cloud, call) => {
    const domain = wanted(cloud, call);
    cloud.domains.splice(cloud.domains.indexOf(domain), 1);
    leaveProjects(cloud, domainUrn(domain.name));
    const gone = domain.records.splice(0);
    for (const record of gone) tell(cloud, domain, record);
    return noContent;
  },
  "GET /v2/domains/:domain/records": (cloud, call) => {
    const domain = wanted(cloud, call);
    const [type, name] = [call.query.get("type"), call.query.get("name")];
    const records = domain.records.filter(
      (each) => (type === null || each.type === type) && (name === null || fullName(domain, each.name) === name),
    );
    return page("domain_records", `/v2/domains/${domain.name}/records`, records, call);
  },
  "POST /v2/domains/:domain/records": (cloud, call) => {
    const domain = wanted(cloud, call);
    const record = recordFrom(domain, call.body, cloud.nextId());
    domain.records.push(record);
    tell(cloud, domain, record);
    return created({ domain_record: record });
  },
  "GET /v2/domains/:domain/records/:record": (cloud, call) =>
    ok({ domain_record: wantedRecord(wanted(cloud, call), call) }),
  "PUT /v2/domains/:domain/records/:record": (cloud, call) => ok(edit(cloud, call)),
  "PATCH /v2/domains/:domain/records/:record": (cloud, call) => ok(edit(cloud, call)),
  "DELETE /v2/domains/:domain/records/:record": (cloud, call) => {
    const domain = wanted(cloud, call);
    const record = wantedRecord(domain, call);
    domain.records.splice(domain.records.indexOf(record), 1);
    tell(cloud, domain, record);
    return noContent;
  },
};
