// What a plan holds that its owner should know before paying for it.
import { accessStyle } from "./access.ts";
import { count } from "./figure.ts";
import { type Dialect, imageHoles } from "./mosquitto-versions.ts";
import type { Fleet } from "./schema.ts";
import { dropletRegions, messagesPerCore, type Need, shortfalls, sizeOf, smallestSize } from "./sizes.ts";

/** Above either, one Mosquitto is no longer the safe choice (docs/measurements.md#messages). */
const SINGLE_CONNECTIONS = 25_000;
const SINGLE_MESSAGES_PER_SECOND = 10_000;
/** Measured: 10,000 sections stall a reload 0.19 s, 30,000 1.7 s; the time grows with the square. */
const stallSeconds = (sections: number): number => 1.9e-9 * sections ** 2;

interface Known {
  readonly dialect: Dialect;
  readonly versionIsAssumed: boolean;
  readonly required: number;
  readonly planned: number;
  readonly maxConnections: number;
  readonly aclSections: number;
  readonly need: Need;
}

export function planWarnings(fleet: Fleet, known: Known): { engine: "mosquitto" | "cluster"; warnings: string[] } {
  const cluster = clusterReasons(fleet, known);
  const warnings = [
    ...cluster.map((reason) => `One Mosquitto is not enough: ${reason}. A cluster engine is recommended.`),
    ...(cluster.length === 0 ? hostWarnings(fleet, known) : []),
    ...versionWarnings(fleet, known),
    ...accessWarnings(fleet, known),
    ...peopleWarnings(fleet, known),
  ];
  return { engine: cluster.length > 0 ? "cluster" : "mosquitto", warnings };
}

function clusterReasons(fleet: Fleet, { required, need }: Known): string[] {
  const { messagesPerSecond } = fleet.capacity;
  const reasons = [
    required > SINGLE_CONNECTIONS
      ? `the plan needs ${count(required)} connections, the limit is ${count(SINGLE_CONNECTIONS)}`
      : "",
    messagesPerSecond > SINGLE_MESSAGES_PER_SECOND
      ? `the plan needs ${count(messagesPerSecond)} messages per second, the limit is ${count(SINGLE_MESSAGES_PER_SECOND)}`
      : "",
  ].filter((reason) => reason !== "");
  return reasons.length === 0 && smallestSize(need) === undefined ? ["no droplet size holds the plan"] : reasons;
}

function hostWarnings(fleet: Fleet, { need }: Known): string[] {
  const { host, capacity } = fleet;
  const busy =
    capacity.messagesPerSecond > messagesPerCore / 2
      ? [
          `${count(capacity.messagesPerSecond)} messages per second is more than half of the ${count(messagesPerCore)} that one core does; watch dropped messages.`,
        ]
      : [];
  const open = host.adminCidrs
    .filter((cidr) => cidr.endsWith("/0"))
    .map((cidr) => `host.adminCidrs: ${cidr} lets the whole internet try SSH; name the networks you work from.`);
  if (host.provider === "existing") return [...busy, ...open];
  const region = dropletRegions.includes(host.region)
    ? []
    : [`host.region: ${host.region} is not a region bednet knows (${dropletRegions.join(", ")}).`];
  return [...busy, ...open, ...region, ...(host.size === "auto" ? [] : sizeWarnings(host.size, need))];
}

function sizeWarnings(slug: string, need: Need): string[] {
  const given = sizeOf(slug);
  if (given === undefined)
    return [`host.size: ${slug} is not a size bednet knows, so nobody checked that it holds the plan; auto picks one.`];
  const better = smallestSize(need)?.slug;
  return shortfalls(given, need).map(
    (what) =>
      `host.size: ${slug} is too small: the plan ${what}; use auto${better === undefined ? "" : ` or ${better}`}.`,
  );
}

function versionWarnings(fleet: Fleet, { dialect, versionIsAssumed }: Known): string[] {
  const { host } = fleet;
  const whose =
    host.provider === "digitalocean"
      ? `host.image: ${host.image} is not an image bednet knows`
      : "The host's Mosquitto version is known only there";
  const holes = new Set([...dialect.openHoles, ...(host.provider === "digitalocean" ? imageHoles(host.image) : [])]);
  return [
    ...(versionIsAssumed ? [`${whose}; planned with ${dialect.version}, which needs the most memory.`] : []),
    ...[...holes].map(
      (hole) =>
        `Mosquitto ${dialect.version} as packaged can be crashed by a client (${hole}); debian-13-x64 has it fixed.`,
    ),
  ];
}

function accessWarnings(fleet: Fleet, { dialect, aclSections }: Known): string[] {
  const classes = Object.keys(fleet.classes).length;
  if (accessStyle(fleet) === "patterns") {
    return classes > 1
      ? [
          `access: pooled: grants are pooled, so a device of any of the ${classes} classes may do what each class may, under its own id.`,
        ]
      : [];
  }
  if (dialect.hashedAcl || aclSections < 10_000) return [];
  const seconds = stallSeconds(aclSections).toFixed(1);
  return [
    `A reload stops the broker for about ${seconds} s while Mosquitto ${dialect.version} reads ${count(aclSections)} ACL sections; one class, access: pooled or Mosquitto 2.1 avoid it.`,
  ];
}

function peopleWarnings(fleet: Fleet, { planned, maxConnections }: Known): string[] {
  const people = Object.keys(fleet.people).length;
  const room = maxConnections - planned;
  return people > room
    ? [`${count(people)} people may log in, and ${count(room)} connections are left beside the planned fleet.`]
    : [];
}
