// Reserved addresses, of either version: held by one droplet of their region at a time, or by none.
import { type Action, begin, hasPending } from "./actions.ts";
import type { Cloud } from "./cloud.ts";
import { dropletJson } from "./droplet-json.ts";
import { wantedDroplet } from "./droplets.ts";
import { leaveProjects } from "./projects.ts";
import { known, unprocessable } from "./route.ts";

export interface Reserved {
  readonly version: 4 | 6;
  readonly address: string;
  readonly region: string;
  readonly reservedAtMs: number;
  /** The droplet's number. */
  holder: number | undefined;
}

/** Projects list it by its old name, whatever name it was given to them by. */
export const reservedUrn = ({ address }: Reserved): string => `do:floatingip:${address}`;

export const allReserved = ({ reserved }: Cloud, version: 4 | 6): Reserved[] =>
  reserved.filter((each) => each.version === version);

export const wantedReserved = (cloud: Cloud, version: 4 | 6, address: string | undefined): Reserved =>
  known(allReserved(cloud, version).find((each) => each.address === address));

export function holderJson(cloud: Cloud, { holder }: Reserved): object | null {
  const droplet = cloud.droplets.find(({ id }) => id === holder);
  return droplet ? dropletJson(cloud, droplet) : null;
}

export function assign(cloud: Cloud, reserved: Reserved, dropletId: unknown): Action {
  const droplet = wantedDroplet(cloud, dropletId);
  const { version, address } = reserved;
  if (reserved.holder === droplet.id) throw unprocessable("The reserved IP is already assigned to this Droplet.");
  if (droplet.region !== reserved.region) {
    throw unprocessable("The reserved IP and the Droplet must be in the same region.");
  }
  if (hasPending(cloud, droplet.id)) throw unprocessable("Droplet already has a pending event.");
  if (hasPending(cloud, address)) throw unprocessable("The reserved IP already has a pending event.");
  if (version === 6 && !droplet.features.includes("ipv6")) {
    throw unprocessable("The Droplet must have IPv6 enabled.");
  }
  if (allReserved(cloud, version).some(({ holder }) => holder === droplet.id)) {
    throw unprocessable("The Droplet already has a reserved IP.");
  }
  const before = cloud.droplets.find(({ id }) => id === reserved.holder);
  const move = async (): Promise<void> => {
    if (version === 6) return; // only said, not routed
    await droplet.host.addAddress(address);
    await before?.host.removeAddress(address);
  };
  return begin(cloud, about("assign_ip", reserved), move(), () => {
    if (cloud.droplets.includes(droplet)) reserved.holder = droplet.id;
  });
}

export function unassign(cloud: Cloud, reserved: Reserved): Action {
  const { version, address, holder } = reserved;
  if (hasPending(cloud, address)) throw unprocessable("The reserved IP already has a pending event.");
  const droplet = cloud.droplets.find(({ id }) => id === holder);
  if (!droplet) throw unprocessable("The reserved IP is not assigned to a Droplet.");
  const leave = version === 4 ? droplet.host.removeAddress(address) : Promise.resolve();
  return begin(cloud, about("unassign_ip", reserved), leave, () => {
    reserved.holder = undefined;
  });
}

const about = (type: string, { version, address, region }: Reserved) =>
  ({ type, resourceType: version === 4 ? "reserved_ip" : "reserved_ipv6", resource: address, region }) as const;

export function giveBack(cloud: Cloud, reserved: Reserved): void {
  if (hasPending(cloud, reserved.address)) throw unprocessable("The reserved IP already has a pending event.");
  const { version, address, holder } = reserved;
  const droplet = cloud.droplets.find(({ id }) => id === holder);
  cloud.reserved.splice(cloud.reserved.indexOf(reserved), 1);
  leaveProjects(cloud, reservedUrn(reserved));
  if (version === 6) return;
  const release = async (): Promise<void> => {
    await droplet?.host.removeAddress(address);
    await cloud.hosts.release(address);
  };
  cloud.inTheBackground(`release of ${address}`, release());
}
