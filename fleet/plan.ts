// What follows from a fleet: connections, limits, memory, droplet size, reconnecting; each number with its arithmetic.
import { accessOf, principalsOf } from "./access.ts";
import { type Bill, billOf } from "./bill.ts";
import {
  alertConnections,
  connectionsPerService,
  connectionsPerTool,
  fileDescriptors,
  fileDescriptorsHard,
  loopbackConnections,
  maxConnections,
  plannedConnections,
  requiredConnections,
} from "./capacity.ts";
import { bytes, type Figure, sum } from "./figure.ts";
import { handshakesPerSecond, perSource, reconnectSpreadSeconds } from "./handshake.ts";
import { memoryFigures } from "./memory.ts";
import { costliestVersion, dialectOf, imageVersion } from "./mosquitto-versions.ts";
import { planWarnings } from "./plan-warnings.ts";
import { type PlannedSize, plannedSize } from "./planned-size.ts";
import { queueFigures } from "./queues.ts";
import type { Fleet } from "./schema.ts";
import { type Need, systemBytes } from "./sizes.ts";

export type { Figure } from "./figure.ts";
export type { PlannedSize } from "./planned-size.ts";

export interface Plan {
  readonly mosquittoVersion: string;
  readonly required: Figure;
  /** On 2.1 also the broker's own limit after a reload; on 2.0.x the descriptors are. */
  readonly maxConnections: Figure;
  /** From this many on monitoring alerts. */
  readonly alertConnections: Figure;
  readonly loopbackConnections: Figure;
  /** Soft and hard `LimitNOFILE`. */
  readonly fileDescriptors: Figure;
  readonly fileDescriptorsHard: Figure;
  readonly connectionMemoryBytes: Figure;
  readonly kernelBytes: Figure;
  readonly queueBytes: Figure;
  readonly retainedBytes: Figure;
  readonly offlineBytes: Figure;
  readonly accessBytes: Figure;
  readonly memoryBytes: Figure;
  readonly memoryMaxBytes: Figure;
  /** What the whole machine needs. */
  readonly hostMemoryBytes: Figure;
  /** Per client. */
  readonly maxQueuedMessages: Figure;
  readonly maxQueuedBytes: Figure;
  readonly maxPacketBytes: Figure;
  readonly handshakesPerSecond: Figure;
  readonly reconnectSpreadSeconds: Figure;
  readonly perSourceConnections: Figure;
  readonly perSourceNewPerSecond: Figure;
  readonly perSourceBurst: Figure;
  readonly size: PlannedSize;
  /** Undefined for a host that somebody else bills. */
  readonly bill: Bill | undefined;
  readonly engine: "mosquitto" | "cluster";
  readonly warnings: readonly string[];
}

/** Pure. Without a version: the one that the image installs, else the one that needs most. */
export function planFleet(fleet: Fleet, options: { mosquittoVersion?: string; ipv6?: boolean } = {}): Plan {
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
  const size = plannedSize(fleet, need);
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
    size,
    bill: billOf(fleet, size),
    warnings,
    engine,
  };
}

/** Lines of passwd and acl when every planned device is listed. */
function listLengths(fleet: Fleet) {
  const declared = { ...fleet, devices: [] };
  const { style, patterns, sections } = accessOf(declared);
  const own = sections.reduce((lines, section) => lines + section.lines.length, patterns.length);
  const longest = Math.max(
    0,
    ...Object.values(fleet.classes).map(({ publish, subscribe }) => publish.length + subscribe.length),
  );
  const { devices } = fleet.capacity;
  return {
    passwordLines: devices + principalsOf(declared).length,
    aclLines: own + (style === "sections" ? devices * longest : 0),
    aclSections: sections.length + (style === "sections" ? devices : 0),
  };
}
