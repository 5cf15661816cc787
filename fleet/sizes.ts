// The droplet sizes, and the smallest that holds a plan.
import { bytes, count } from "./figure.ts";

export interface DropletSize {
  readonly slug: string;
  readonly memoryBytes: number;
  readonly cores: number;
  readonly monthlyDollars: number;
}

const size = (slug: string, memoryMib: number, cores: number, monthlyDollars: number): DropletSize => ({
  slug,
  memoryBytes: memoryMib * 1024 ** 2,
  cores,
  monthlyDollars,
});

/** Prices as of this month, in ascending order. */
export const pricesAsOf = "2026-10";
export const dropletSizes: readonly DropletSize[] = [
  size("s-1vcpu-512mb-10gb", 512, 1, 4),
  size("s-1vcpu-1gb", 1024, 1, 6),
  size("s-1vcpu-2gb", 2048, 1, 12),
  size("s-2vcpu-2gb", 2048, 2, 18),
  size("s-2vcpu-4gb", 4096, 2, 24),
  size("s-4vcpu-8gb", 8192, 4, 48),
  size("s-8vcpu-16gb", 16384, 8, 96),
];

export const dropletRegions = "ams3 atl1 blr1 fra1 lon1 mem1 mkc1 nyc1 nyc2 nyc3 ric1 sfo2 sfo3 sgp1 syd1 tor1".split(
  " ",
);

/** Estimated, not measured: kernel 70, services 130, certbot and unattended-upgrades at the same time 200. */
export const systemBytes = 400 * 1024 ** 2;
/** The whole fleet must be back within this time after it lost its connections. */
const BACK_WITHIN_SECONDS = 60;
/** 20,000 QoS 1 messages per second took 46 % of the measured core; a shared core does a quarter (docs/measurements.md#messages). */
export const messagesPerCore = Math.floor(20_000 / 0.46 / 4);

export interface Need {
  readonly memoryMaxBytes: number;
  readonly planned: number;
  readonly messagesPerSecond: number;
  readonly handshakesPerSecond: number;
}

/** What a size cannot hold, with both numbers; empty when it holds all. With one core the broker has half of it: the other half is the kernel's network. */
export function shortfalls({ memoryBytes, cores }: Pick<DropletSize, "memoryBytes" | "cores">, need: Need): string[] {
  const share = cores === 1 ? 0.5 : 1;
  const memory = need.memoryMaxBytes + systemBytes;
  const handshakes = Math.floor(share * need.handshakesPerSecond);
  const wanted = Math.ceil(need.planned / BACK_WITHIN_SECONDS);
  const messages = Math.floor(share * messagesPerCore);
  return [
    memory > memoryBytes
      ? `needs ${bytes(memory)} of memory (${bytes(need.memoryMaxBytes)} broker + ${bytes(systemBytes)} system), it has ${bytes(memoryBytes)}`
      : "",
    wanted > handshakes
      ? `needs ${count(wanted)} handshakes per second (${count(need.planned)} clients back within ${BACK_WITHIN_SECONDS} s), it does ${count(handshakes)}`
      : "",
    need.messagesPerSecond > messages
      ? `needs ${count(need.messagesPerSecond)} messages per second, it does ${count(messages)}`
      : "",
  ].filter((line) => line !== "");
}

export function smallestSize(need: Need): DropletSize | undefined {
  return dropletSizes.find((one) => shortfalls(one, need).length === 0);
}

/** A size by its slug: from the table, else what the slug itself says, without a price. */
export function sizeOf(
  slug: string,
): { slug: string; memoryBytes: number; cores: number; monthlyDollars: number | undefined } | undefined {
  const known = dropletSizes.find((one) => one.slug === slug);
  if (known !== undefined) return known;
  const said = /^[a-z0-9]+-(\d{1,3})vcpu-(\d{1,5})(mb|gb)\b/.exec(slug);
  if (said === null) return undefined;
  return {
    slug,
    cores: Number(said[1]),
    memoryBytes: Number(said[2]) * (said[3] === "gb" ? 1024 ** 3 : 1024 ** 2),
    monthlyDollars: undefined,
  };
}
