// What follows from a fleet: connections, limits, memory, droplet size, reconnecting; each number with its arithmetic.
import { accessOf } from "./access.ts";
import {
  connectionsPerService,
  connectionsPerTool,
  fileDescriptors,
  fileDescriptorsHard,
  loopbackConnections,
  maxConnections,
  plannedConnections,
  requiredConnections,
} from "./capacity.ts";
import { bytes, type Figure, figure, sum } from "./figure.ts";
import { handshakesPerSecond, perSource, reconnectSpreadSeconds } from "./handshake.ts";
import { memoryFigures } from "./memory.ts";
import { costliestVersion, dialectOf, imageVersion } from "./mosquitto-versions.ts";
import { planWarnings } from "./plan-warnings.ts";
import { queueFigures } from "./queues.ts";
import type { Fleet } from "./schema.ts";
import { dropletSizes, type Need, pricesAsOf, sizeOf, smallestSize, systemBytes } from "./sizes.ts";

export type { Figure } from "./figure.ts";

export interface PlannedSize {
  readonly slug: string;
  /** Undefined for a size that is not in our table. */
  readonly monthlyDollars: number | undefined;
  readonly memoryBytes: number;
  /** `existing`: not ours to choose; the slug is the droplet that would do. */
  readonly chosen: "auto" | "fleet.yaml" | "existing";
  readonly arithmetic: string;
}

export type Plan = Readonly<ReturnType<typeof planFleet>>;

/** Pure. Without a version: the one that the image installs, else the one that needs most. */
export function planFleet(fleet: Fleet, options: { mosquittoVersion?: string; ipv6?: boolean } = {}) {
  const { capacity } = fleet;
  const image = fleet.host.provider === "digitalocean" ? imageVersion(fleet.host.image) : undefined;
  const mosquittoVersion = options.mosquittoVersion ?? image ?? costliestVersion;
  const dialect = dialectOf(mosquittoVersion);

  const planned = plannedConnections(capacity);
  const max = maxConnections(fleet);
  const loopback = loopbackConnections();
  const descriptors = fileDescriptors(max.value, loopback.value, options.ipv6 ?? true);

  const consumers = capacity.backendServices * connectionsPerService + capacity.monitoringTools * connectionsPerTool;
  const queues = queueFigures(capacity, consumers, dialect);
  const { passwordLines, aclLines, aclSections } = listLengths(fleet);
  const memory = memoryFigures(dialect, {
    ...capacity,
    maxConnections: max.value,
    queueBytes: queues.queueBytes.value,
    passwordLines,
    aclLines,
  });

  const handshakes = handshakesPerSecond(fleet.broker.tls.keyType);
  const need: Need = {
    memoryMaxBytes: memory.memoryMaxBytes.value,
    planned,
    messagesPerSecond: capacity.messagesPerSecond,
    handshakesPerSecond: handshakes.value,
  };
  const required = requiredConnections(capacity);
  const { engine, warnings } = planWarnings(fleet, {
    dialect,
    versionIsAssumed: options.mosquittoVersion === undefined && image === undefined,
    required: required.value,
    planned,
    maxConnections: max.value,
    aclSections,
    need,
  });
  return {
    mosquittoVersion,
    required,
    maxConnections: max,
    loopbackConnections: loopback,
    fileDescriptors: descriptors,
    fileDescriptorsHard: fileDescriptorsHard(descriptors.value),
    ...memory,
    ...queues,
    hostMemoryBytes: sum(
      "bytes",
      need.memoryMaxBytes + systemBytes,
      `${bytes(need.memoryMaxBytes)} broker + ${bytes(systemBytes)} system`,
    ),
    handshakesPerSecond: handshakes,
    reconnectSpreadSeconds: reconnectSpreadSeconds(planned, handshakes.value),
    ...perSource(capacity.largestSite, planned, max.value, handshakes.value),
    alertConnections: alertConnections(max.value, fleet.monitoring.alertAt),
    size: plannedSize(fleet, need),
    warnings: warnings as readonly string[],
    engine,
  } satisfies Record<string, Figure | PlannedSize | string | readonly string[]>;
}

/** From this many connections on monitoring alerts. */
function alertConnections(maxConnections: number, alertAt: number): Figure {
  const value = Math.ceil((maxConnections * Math.round(alertAt * 1_000_000)) / 1_000_000);
  return figure("connections", value, `${maxConnections} × ${alertAt}, rounded up = ${value}`);
}

/** Lines of passwd and acl when every planned device is listed. */
function listLengths(fleet: Fleet) {
  const { style, patterns, sections } = accessOf({ ...fleet, devices: [] });
  const own = sections.reduce((lines, section) => lines + section.lines.length, patterns.length);
  const users = Object.values(fleet.services).reduce(
    (n, { connections }) => n + connections,
    Object.keys(fleet.people).length,
  );
  const longest = Math.max(
    0,
    ...Object.values(fleet.classes).map(({ publish, subscribe }) => publish.length + subscribe.length),
  );
  const { devices } = fleet.capacity;
  return {
    passwordLines: devices + users + 58,
    aclLines: own + (style === "sections" ? devices * longest : 0),
    aclSections: sections.length + (style === "sections" ? devices : 0),
  };
}

function plannedSize(fleet: Fleet, need: Need): PlannedSize {
  const best = smallestSize(need);
  const { slug, memoryBytes, monthlyDollars } = best ?? dropletSizes.at(-1)!;
  const total = `${bytes(need.memoryMaxBytes)} broker + ${bytes(systemBytes)} system = ${bytes(need.memoryMaxBytes + systemBytes)}`;
  const price = `$${monthlyDollars} a month as of ${pricesAsOf}`;
  const fits =
    best === undefined
      ? `${total}: no size holds the plan, ${slug} is the largest (${price})`
      : `${total}: ${slug} has ${bytes(memoryBytes)} (${price})`;
  if (fleet.host.provider === "existing")
    return { slug, memoryBytes, monthlyDollars, chosen: "existing", arithmetic: fits };
  if (fleet.host.size === "auto") return { slug, memoryBytes, monthlyDollars, chosen: "auto", arithmetic: fits };
  const given = sizeOf(fleet.host.size);
  const has = given === undefined ? "a size that bednet does not know" : bytes(given.memoryBytes);
  return {
    slug: fleet.host.size,
    memoryBytes: given?.memoryBytes ?? 0,
    monthlyDollars: given?.monthlyDollars,
    chosen: "fleet.yaml",
    arithmetic: `${total}: host.size is ${fleet.host.size} with ${has}`,
  };
}
