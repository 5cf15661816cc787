// Droplets that really boot: each one a throw-away guest of this machine, behind the addresses that the API tells.
import { Problem } from "../../fleet/problem.ts";
import type { Release } from "../debian.ts";
import { bootGuest, type Guest } from "../guest.ts";
import { type Place, takePlace } from "../place.ts";
import { leadAway, leadTo } from "../reserved-address.ts";
import type { Host, HostMaker, HostOrder } from "./hosts.ts";
import { furnishDroplet } from "./user-data.ts";

export interface GuestHostsOptions {
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface GuestHosts extends HostMaker {
  /** The guest behind a droplet, as soon as it is up: for tests and for what looks inside. */
  guestOf(dropletId: number): Promise<Guest> | undefined;
}

const releases: Readonly<Record<string, Release>> = { "debian-12-x64": "bookworm", "debian-13-x64": "trixie" };

export function guestHosts({ onProgress, signal }: GuestHostsOptions = {}): GuestHosts {
  const guests = new Map<number, Promise<Guest>>();
  const hosts = new Set<Host>();
  const places = new Map<string, Place>();
  const left: string[] = [];

  const create = (order: HostOrder): Host => {
    const ending = new AbortController();
    const either = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
    const booted = boot(order, either);
    guests.set(order.id, booted);
    let last: Promise<unknown> = booted;
    const inTurn = (work: (guest: Guest) => Promise<void>): Promise<void> => {
      const mine = last.then(async () => work(await booted));
      last = mine.catch(() => {});
      return mine;
    };
    const end = async (): Promise<void> => {
      ending.abort(new Error(`droplet ${order.id} was deleted`));
      await last.catch(() => {});
      const guest = await booted.catch(() => undefined); // what did not come up has already been taken away
      if (guest) left.push(...(await guest.stop()));
      guests.delete(order.id);
      hosts.delete(host);
    };
    let ended: Promise<void> | undefined;
    const host: Host = {
      ready: booted.then(({ address }) => address),
      powerOff: () => inTurn((guest) => guest.powerOff()),
      powerOn: () => inTurn((guest) => guest.powerOn()),
      addAddress: (reserved) => inTurn((guest) => leadTo(guest, reserved)),
      removeAddress: (reserved) => inTurn((guest) => leadAway(guest, reserved)),
      destroy: () => (ended ??= end()),
    };
    hosts.add(host);
    return host;
  };

  const boot = async (order: HostOrder, until: AbortSignal): Promise<Guest> => {
    const release = releases[order.image];
    if (!release) {
      throw new Problem(`a rehearsal has no guest for ${order.image}`, `Use ${Object.keys(releases).join(" or ")}.`);
    }
    return bootGuest({ release, onProgress, signal: until, prepare: (root) => furnishDroplet(root, order) });
  };

  const release = async (reserved: string): Promise<void> => {
    const place = places.get(reserved);
    places.delete(reserved);
    if (place) left.push(...(await place.release()));
  };

  return {
    create,
    guestOf: (dropletId) => guests.get(dropletId),
    reserve: async () => {
      const place = await takePlace("reserved address", signal);
      places.set(place.there, place);
      return place.there;
    },
    release,
    close: async () => {
      await Promise.all([...hosts].map((host) => host.destroy()));
      await Promise.all([...places.keys()].map(release));
      return left;
    },
  };
}
