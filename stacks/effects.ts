// What a changed setting of the machine or its surroundings does, told from two fleet files alone: no state, no API.
import { isDeepStrictEqual } from "node:util";
import type { Fleet } from "../fleet/schema.ts";

/** In order of cost. `restart`: everybody is dropped for some minutes. `replace`: another droplet. `reflash`: devices need something new. */
export const stackEffects = ["none", "restart", "replace", "reflash"] as const;
export type StackEffect = (typeof stackEffects)[number];

export interface StackChange {
  /** As in fleet.yaml. */
  readonly setting: string;
  readonly before: string;
  readonly after: string;
  readonly effect: StackEffect;
  readonly says: string;
}

/** A fleet, and the slug of the droplet that its plan comes to. */
export interface Placed {
  readonly fleet: Fleet;
  readonly size: string;
}

type Droplet = Extract<Fleet["host"], { provider: "digitalocean" }>;
type Existing = Extract<Fleet["host"], { provider: "existing" }>;

export function stackChanges(before: Placed, after: Placed): StackChange[] {
  const [was, is] = [before.fleet, after.fleet];
  const changes: StackChange[] = [];
  const compare = (
    setting: string,
    from: unknown,
    to: unknown,
    [effect, says]: readonly [StackEffect, string],
  ): void => {
    if (!isDeepStrictEqual(from, to)) changes.push({ setting, before: shown(from), after: shown(to), effect, says });
  };
  compare("name", was.name, is.name, anotherStack);
  compare("broker.domain", was.broker.domain, is.broker.domain, [
    "reflash",
    "every device must be told the new name; the old one stops leading to the broker",
  ]);
  compare("host.provider", was.host.provider, is.host.provider, anotherHost);
  if (was.host.provider === "digitalocean" && is.host.provider === "digitalocean") {
    compare("host.size", before.size, after.size, [
      "restart",
      "the droplet is switched off and resized in place: every client is dropped for some minutes",
    ]);
    for (const [setting, what] of Object.entries(ofDroplets)) {
      const key = setting as keyof typeof ofDroplets;
      compare(`host.${setting}`, was.host[key], is.host[key], what);
    }
    compare("host.ipv6", was.host.ipv6, is.host.ipv6, ipv6(was.host.ipv6));
  }
  if (was.host.provider === "existing" && is.host.provider === "existing") {
    for (const [setting, what] of Object.entries(ofExisting)) {
      const key = setting as keyof typeof ofExisting;
      compare(`host.${setting}`, was.host[key], is.host[key], what);
    }
  }
  compare("dns.zone", zone(was), zone(is), ["none", "the old record is removed, and one is made in the new zone"]);
  compare("monitoring.email", was.monitoring.email, is.monitoring.email, ["none", "the alerts are changed in place"]);
  compare("state", was.state, is.state, [
    "none",
    "nobody moves the state: move it by hand first, or a deploy builds everything a second time",
  ]);
  return changes;
}

const anotherStack = [
  "replace",
  "another stack: everything is built anew, and what is there stays until it is destroyed",
] as const;
const anotherHost = [
  "replace",
  "another host is set up; the one that is there is left as it is, and keeps running",
] as const;

const ofDroplets = {
  region: ["replace", "another droplet and another address: a reserved address cannot leave its region"],
  image: ["none", "the droplet that is there keeps its image; `bednet replace` moves to the new one"],
  sshKeys: ["none", "only a new droplet gets them: `bednet replace`"],
  adminCidrs: ["none", "the cloud firewall is changed in place"],
  backups: ["none", "switched in place"],
  project: ["none", "changed in place"],
} as const satisfies Partial<Record<keyof Droplet, readonly [StackEffect, string]>>;

const ofExisting = {
  address: anotherHost,
  user: ["none", "how bednet logs in"],
  port: ["none", "how bednet logs in"],
  adminCidrs: ["none", "the host's own firewall is changed in place"],
} as const satisfies Partial<Record<keyof Existing, readonly [StackEffect, string]>>;

/** The provider cannot take an IPv6 address from a droplet. */
const ipv6 = (had: boolean): readonly [StackEffect, string] =>
  had
    ? ["replace", "another droplet: none can give its IPv6 address up"]
    : ["none", "an address and a record are added"];

const zone = ({ dns }: Fleet): string => (dns === "manual" ? "manual" : dns.zone);

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  if (value === undefined) return "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
