// How many connections the broker must take, and the descriptors that takes.
import { count, type Figure, figure, sum } from "./figure.ts";
import type { Fleet } from "./schema.ts";

/** Each service connects twice while it is deployed anew, each tool from up to three places. */
export const connectionsPerService = 2;
export const connectionsPerTool = 3;
/** What the loopback listener must take at once: the monitor holds one, a converge probes with four while it judges. */
const loopback = { monitor: 1, watch: 1, converge: 4, spare: 2 };
/** Two verifies side by side, each with seven probes. */
export const probeConnections = 14;

type Capacity = Fleet["capacity"];

/** The planned fleet, everybody online, without headroom. */
export function plannedConnections({ devices, backendServices, monitoringTools }: Capacity): number {
  return devices + backendServices * connectionsPerService + monitoringTools * connectionsPerTool;
}

/** `ceil(devices × 1.2) + backendServices × 2 + monitoringTools × 3`, in whole numbers. */
export function requiredConnections({ devices, backendServices, monitoringTools }: Capacity): Figure {
  const value =
    Math.ceil((devices * 12) / 10) + backendServices * connectionsPerService + monitoringTools * connectionsPerTool;
  const rounded = (devices * 12) % 10 === 0 ? "" : ", rounded up";
  return sum(
    "connections",
    value,
    `${count(devices)} × 1.2 + ${count(backendServices)} × 2 + ${count(monitoringTools)} × 3${rounded}`,
  );
}

/** The smallest limit that holds what is required and under which the planned fleet, all online, does not alarm by itself. */
export function maxConnections(fleet: Pick<Fleet, "capacity" | "monitoring" | "people">): Figure {
  const planned = plannedConnections(fleet.capacity);
  const { alertAt } = fleet.monitoring;
  const required = requiredConnections(fleet.capacity).value;
  const quiet = Math.floor((planned * 1_000_000) / Math.round(alertAt * 1_000_000)) + 1;
  const people = Object.keys(fleet.people).length;
  const proven = planned + people + probeConnections;
  const value = Math.max(required, quiet, proven);
  if (value === proven && value > quiet && value > required) {
    return figure(
      "connections",
      value,
      `${count(planned)} planned + ${people} ${people === 1 ? "person" : "people"} + ${probeConnections} for two verifies = ${count(value)}; ${count(quiet)} would already stay below the alert`,
    );
  }
  const share = `${count(planned)} planned connections ÷ ${count(value)} = ${((planned / value) * 100).toFixed(1)} %`;
  if (value === required)
    return figure(
      "connections",
      value,
      `required ${count(required)}; ${share}, below the alert at ${percent(alertAt)}`,
    );
  return figure(
    "connections",
    value,
    `the smallest limit above the required ${count(required)} with ${share}, below the alert at ${percent(alertAt)}`,
  );
}

/** From this many connections on monitoring alerts; in millionths, since 100 × 0.55 is more than 55 in binary fractions. */
export const alertsFrom = (maxConnections: number, alertAt: number): number =>
  Math.ceil((maxConnections * Math.round(alertAt * 1_000_000)) / 1_000_000);

/** From this many connections on monitoring alerts. */
export function alertConnections(maxConnections: number, alertAt: number): Figure {
  const value = alertsFrom(maxConnections, alertAt);
  return figure("connections", value, `${count(maxConnections)} × ${alertAt}, rounded up = ${count(value)}`);
}

export function loopbackConnections(): Figure {
  const { monitor, watch, converge, spare } = loopback;
  return sum(
    "connections",
    monitor + watch + converge + spare,
    `${monitor} health monitor + ${watch} watch + ${converge} while converging + ${spare} spare`,
  );
}

/** The soft `LimitNOFILE`: on 2.0.x the cap that survives a reload, exact to one. */
export function fileDescriptors(maxConnections: number, loopback: number, ipv6: boolean): Figure {
  const own = ipv6 ? 9 : 8;
  return sum(
    "descriptors",
    own + 1 + maxConnections + loopback,
    `${own} of its own + 1 log file + ${count(maxConnections)} connections + ${loopback} loopback`,
    "docs/measurements.md#connection-cap",
  );
}

/** The hard limit: room that a reload borrows while the door is shut. */
export const fileDescriptorsHard = (soft: number): Figure =>
  sum("descriptors", soft + 16, `${count(soft)} + 16 for a reload at the cap`);

const percent = (share: number): string => `${count(share * 100)} %`;
