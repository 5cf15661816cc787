// How many devices a second can join, and what follows: how they spread, and what one source address may ask for.
import { count, type Figure, figure, sum } from "./figure.ts";
import type { Fleet } from "./schema.ts";

const source = "docs/measurements.md#handshakes";
/** Broker CPU of one full handshake with login, on the measured core. */
const handshakeMs = { ecdsa: 0.44, rsa: 0.62 } as const;
/** A core of a small droplet is shared: a quarter of the measured one. */
const SLOWER = 4;
/** Two verifies of seven probes, twice while old sockets linger, rounded up. */
const PROBES_PER_SOURCE = 32;

/** H: full TLS handshakes per second that one broker thread does. */
export function handshakesPerSecond(keyType: "ecdsa" | "rsa"): Figure {
  const ms = handshakeMs[keyType];
  const key = keyType === "ecdsa" ? "P-256" : "RSA-2048";
  const value = Math.floor(1000 / ms / SLOWER);
  return figure(
    "per second",
    value,
    `1 s ÷ ${ms} ms per ${key} handshake ÷ ${SLOWER} for a shared core = ${count(value)}`,
    source,
  );
}

/** Over how long devices spread their first retry after they lost an established connection. */
export function reconnectSpreadSeconds(planned: number, perSecond: number): Figure {
  const exact = planned / (0.5 * perSecond);
  const value = Math.max(1, Math.ceil(exact * 10) / 10);
  const least = exact < 1 ? ", at least 1" : "";
  return sum(
    "seconds",
    value,
    `${count(planned)} clients ÷ (0.5 × ${count(perSecond)} handshakes per second)${least}`,
    source,
  );
}

/** Per source address, generously: a farm is one NAT address. Several addresses together can still fill the cap. */
export function perSource(
  largestSite: Fleet["capacity"]["largestSite"],
  planned: number,
  maxConnections: number,
  perSecond: number,
) {
  const site = largestSite ?? planned;
  const whose = largestSite === undefined ? "the whole fleet may sit behind one address" : "the largest site";
  const wanted = Math.ceil((site * 12) / 10) + PROBES_PER_SOURCE;
  const connections = Math.min(maxConnections - 1, wanted);
  const rounded = (site * 12) % 10 === 0 ? "" : ", rounded up";
  const sites = `${count(site)} × 1.2 + ${PROBES_PER_SOURCE} for verify${rounded} = ${count(wanted)} (${whose})`;
  const arithmetic =
    connections === wanted
      ? sites
      : `${sites}, held below the limit: ${count(maxConnections)} − 1 = ${count(connections)}`;
  const rate = Math.floor(0.5 * perSecond);
  return {
    perSourceConnections: figure("connections", connections, arithmetic),
    perSourceNewPerSecond: sum(
      "per second",
      rate,
      `0.5 × ${count(perSecond)} handshakes per second, the rate at which a whole site comes back`,
    ),
    perSourceBurst: figure("connections", connections, `a whole site at once: ${count(connections)}`),
  };
}
