// Fleets of any capacity, for tests of the plan.
import type { Fleet } from "../../../fleet/schema.ts";
import { sampleFleet } from "./sample.ts";

const sample = sampleFleet();
export const MIB = 1024 ** 2;
export const thousand: Partial<Fleet["capacity"]> = {
  devices: 1000,
  backendServices: 5,
  monitoringTools: 2,
  messagesPerSecond: 200,
  offlineSessions: 100,
  retainedTopics: 2000,
};

export function withCapacity(capacity: Partial<Fleet["capacity"]>, more: Partial<Fleet> = {}): Fleet {
  return { ...sample, ...more, capacity: { ...sample.capacity, ...capacity } };
}

export const onDroplet = (size: string, image = "debian-13-x64"): Partial<Fleet> => ({
  host: { ...sample.host, size, image } as Fleet["host"],
});
