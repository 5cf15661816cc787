// A whole cloud on this machine: the API, droplets that boot, and an ACME server with the DNS that the API's records feed.
import { type Acme, startAcme } from "../acme.ts";
import { takePlace } from "../place.ts";
import { type GuestHosts, guestHosts } from "./guest-hosts.ts";
import { type DigitalOcean, type DigitalOceanOptions, startDigitalOcean } from "./server.ts";

export interface RehearsalCloudOptions extends Omit<DigitalOceanOptions, "hosts" | "onRecord"> {
  readonly onProgress?: (text: string) => void;
  /** Lifetime of what the ACME server issues. */
  readonly certificateDays?: number;
}

export interface RehearsalCloud {
  readonly api: DigitalOcean;
  readonly hosts: GuestHosts;
  /** Every droplet reaches it, and it reaches them through their reserved addresses. */
  readonly acme: Acme;
  /** Resolves with what could not be removed, in words. May be called twice. */
  stop(): Promise<string[]>;
}

export async function startRehearsalCloud(options: RehearsalCloudOptions = {}): Promise<RehearsalCloud> {
  const { onProgress, certificateDays, signal } = options;
  const quietly = onProgress === undefined ? {} : { onProgress };
  const until = signal === undefined ? {} : { signal };
  const place = await takePlace("rehearsal cloud", signal);
  try {
    const days = certificateDays === undefined ? {} : { certificateDays };
    const acme = await startAcme({ bindAddress: place.here, runFolder: place.lease.folder, ...days, ...until });
    const hosts = guestHosts({ ...quietly, ...until });
    const api = await startDigitalOcean({
      ...options,
      hosts,
      onRecord: async ({ name, type, addresses }) => {
        if (type === "A") await acme.setAddress(name, ...addresses);
      },
    });
    const end = async (): Promise<string[]> => {
      const left = await api.close();
      await acme.stop();
      return [...left, ...(await place.release())];
    };
    let ended: Promise<string[]> | undefined;
    return { api, hosts, acme, stop: () => (ended ??= end()) };
  } catch (error) {
    await place.release();
    throw error;
  }
}
