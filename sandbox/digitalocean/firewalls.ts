// Cloud firewalls: rules for droplets, named one by one or by tag. They are kept, not enforced.
import { timeText } from "./actions.ts";
import type { Cloud } from "./cloud.ts";
import { wantedDroplet } from "./droplets.ts";
import { page } from "./paging.ts";
import {
  accepted,
  type Call,
  known,
  list,
  noContent,
  ok,
  Refusal,
  type Routes,
  text,
  texts,
  unprocessable,
} from "./route.ts";
import { tagNamed } from "./tags.ts";

interface Rule {
  readonly protocol: string;
  readonly ports: string;
  readonly sources?: object;
  readonly destinations?: object;
}

interface Wish {
  readonly name: string;
  readonly inbound: Rule[];
  readonly outbound: Rule[];
  readonly dropletIds: number[];
  readonly tags: string[];
}

export interface Firewall extends Wish {
  readonly id: string;
  readonly createdAtMs: number;
}

function wishOf(cloud: Cloud, body: Call["body"], self?: Firewall): Wish {
  const name = text(body, "name");
  if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]*$/.test(name)) throw unprocessable("name contains invalid characters");
  if (cloud.firewalls.some((other) => other !== self && other.name === name)) {
    throw new Refusal(409, "conflict", "duplicate name");
  }
  const inbound = rules(body, "inbound_rules", "sources");
  const outbound = rules(body, "outbound_rules", "destinations");
  if (inbound.length + outbound.length === 0) throw unprocessable("at least one rule must be specified");
  const dropletIds = list(body, "droplet_ids").map((id) => wantedDroplet(cloud, id).id);
  return { name, inbound, outbound, dropletIds, tags: knownTags(cloud, body) };
}

function knownTags(cloud: Cloud, body: Call["body"]): string[] {
  return texts(body, "tags").map((name) => {
    const tag = tagNamed(cloud, name);
    if (tag === undefined) throw unprocessable(`tag ${name} does not exist`);
    return tag;
  });
}

/** `ports` comes back as 0 when it meant all of them, and for ICMP, which has none. */
function rules(body: Call["body"], key: string, side: "sources" | "destinations"): Rule[] {
  return list(body, key).map((entry) => {
    const rule = entry as Record<string, unknown>;
    const { protocol, ports } = rule;
    const peers = rule[side];
    if (protocol !== "tcp" && protocol !== "udp" && protocol !== "icmp") {
      throw unprocessable(`invalid protocol ${protocol}`);
    }
    if (protocol !== "icmp" && !/^(all|0|\d{1,5}(-\d{1,5})?)$/.test(String(ports ?? ""))) {
      throw unprocessable(`invalid ports ${ports}`);
    }
    if (typeof peers !== "object" || peers === null || Object.keys(peers).length === 0) {
      throw unprocessable(`${side} must be specified`);
    }
    const whole = protocol === "icmp" || ports === "all";
    return { protocol, ports: whole ? "0" : String(ports), [side]: peers };
  });
}

const json = (cloud: Cloud, { id, name, createdAtMs, inbound, outbound, dropletIds, tags }: Firewall): object => ({
  ...{ id, name, status: cloud.nowMs < createdAtMs + cloud.settleMs ? "waiting" : "succeeded" },
  ...{ inbound_rules: inbound, outbound_rules: outbound, created_at: timeText(createdAtMs) },
  ...{ droplet_ids: dropletIds, tags, pending_changes: [] },
});

const wanted = ({ firewalls }: Cloud, { params }: Call): Firewall =>
  known(firewalls.find(({ id }) => id === params.id));

/** Adds or takes away one kind of thing that a firewall has a list of. */
const change =
  <T>(of: (firewall: Firewall) => T[], named: (cloud: Cloud, body: Call["body"]) => T[], adding: boolean) =>
  (cloud: Cloud, call: Call) => {
    const there = of(wanted(cloud, call));
    const others = named(cloud, call.body);
    const rest = there.filter((each) => !others.some((other) => same(each, other)));
    there.splice(0, there.length, ...rest, ...(adding ? others : []));
    return noContent;
  };

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const idsOf = (cloud: Cloud, body: Call["body"]): number[] =>
  list(body, "droplet_ids").map((id) => wantedDroplet(cloud, id).id);

export const firewallRoutes: Routes = {
  "GET /v2/firewalls": (cloud, call) =>
    page(
      "firewalls",
      "/v2/firewalls",
      cloud.firewalls.map((firewall) => json(cloud, firewall)),
      call,
    ),
  "POST /v2/firewalls": (cloud, { body }) => {
    const firewall: Firewall = { ...wishOf(cloud, body), id: cloud.nextUuid(), createdAtMs: cloud.nowMs };
    cloud.firewalls.push(firewall);
    return accepted({ firewall: json(cloud, firewall) });
  },
  "GET /v2/firewalls/:id": (cloud, call) => ok({ firewall: json(cloud, wanted(cloud, call)) }),
  "PUT /v2/firewalls/:id": (cloud, call) => {
    const before = wanted(cloud, call);
    const firewall: Firewall = { ...before, ...wishOf(cloud, call.body, before) };
    cloud.firewalls[cloud.firewalls.indexOf(before)] = firewall;
    return ok({ firewall: json(cloud, firewall) });
  },
  "DELETE /v2/firewalls/:id": (cloud, call) => {
    cloud.firewalls.splice(cloud.firewalls.indexOf(wanted(cloud, call)), 1);
    return noContent;
  },
  "POST /v2/firewalls/:id/tags": change(({ tags }) => tags, knownTags, true),
  "DELETE /v2/firewalls/:id/tags": change(({ tags }) => tags, knownTags, false),
  "POST /v2/firewalls/:id/droplets": change(({ dropletIds }) => dropletIds, idsOf, true),
  "DELETE /v2/firewalls/:id/droplets": change(({ dropletIds }) => dropletIds, idsOf, false),
};
