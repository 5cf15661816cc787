// Whoever logs in: devices, connections of services, people, monitors and probes, each with its own name and grants.
import { monitorGrants, PROBE_SLOTS, probeGrants, probeName, probeParts } from "./probes.ts";
import type { Fleet } from "./schema.ts";

/** Whoever logs in. `key` names the key its password derives from. */
export interface Principal {
  readonly name: string;
  readonly role: "device" | "service" | "person" | "monitor" | "probe";
  /** Of devices: their class. */
  readonly class?: string;
  readonly key: "fleet" | "verify";
  /** Filters, with the name already in the place of `{device}`. */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

type Grants = Pick<Principal, "publish" | "subscribe">;

/** Names of a service's connections: the first is the service's own, so that a second connection renames nobody. */
export function connectionNames(service: string, connections: number): string[] {
  return Array.from({ length: connections }, (_, index) => (index === 0 ? service : `${service}-${index + 1}`));
}

export function principalsOf(fleet: Fleet): readonly Principal[] {
  const devices = fleet.devices.map(
    ({ id, class: name }): Principal => ({
      name: id,
      role: "device",
      class: name,
      key: "fleet",
      ...expand(fleet.classes[name]!, id),
    }),
  );
  const services = Object.entries(fleet.services).flatMap(([service, { connections, publish, subscribe }]) =>
    connectionNames(service, connections).map(
      (name): Principal => ({ name, role: "service", key: "fleet", publish, subscribe }),
    ),
  );
  const people = Object.entries(fleet.people).map(
    ([name, { publish, subscribe }]): Principal => ({ name, role: "person", key: "fleet", publish, subscribe }),
  );
  return [...devices, ...services, ...people, ...controlPrincipals];
}

/** The same in every fleet: monitors, and eight slots of probes. */
const controlPrincipals: readonly Principal[] = [
  ...Object.entries(monitorGrants).map(
    ([name, grants]): Principal => ({ name, role: "monitor", key: "verify", ...grants }),
  ),
  ...Array.from({ length: PROBE_SLOTS }, (_, index) => index + 1).flatMap((slot) =>
    probeParts.map((part): Principal => {
      const name = probeName(slot, part);
      return { name, role: "probe", key: "verify", ...expand(probeGrants(part), name) };
    }),
  ),
];

function expand({ publish, subscribe }: Grants, name: string): Grants {
  const put = (filter: string): string => filter.replaceAll("{device}", name);
  return { publish: publish.map(put), subscribe: subscribe.map(put) };
}
