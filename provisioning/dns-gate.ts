// Before certbot is called: do the zone's own servers answer with this host? Asking too early is remembered for long.
import * as system from "node:dns/promises";
import { isIP, SocketAddress } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../fleet/problem.ts";

export interface DnsGateOptions {
  readonly domain: string;
  /** Where the name must lead. */
  readonly address: string;
  /** Further addresses of the same host. */
  readonly also?: readonly string[];
  /** Servers to ask, `address:port`; left out, the authoritative ones of the nearest zone. */
  readonly servers?: readonly string[];
  /** How long to wait for the record; 0: ask once. */
  readonly waitMs: number;
  /** Between two questions. */
  readonly pauseMs?: number;
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const PAUSE_MS = 5_000;

/** Resolves when every server answers the address and no IPv6 address leads elsewhere: the authority would try that first. */
export async function passDnsGate(options: DnsGateOptions): Promise<void> {
  const { domain, address, waitMs, pauseMs = PAUSE_MS, onProgress, signal } = options;
  const started = Date.now();
  for (let first = true; ; first = false) {
    const wrong = await whatIsWrong(options);
    if (wrong === undefined) return;
    if (Date.now() - started >= waitMs) {
      throw new Problem(
        `${domain} does not lead to ${address} yet: ${wrong}`,
        `Set this record, then run the command again: ${record(domain, address)}. No certificate was asked for.`,
      );
    }
    if (first) onProgress(`waiting for the DNS record ${record(domain, address)} (${wrong})`);
    await sleep(pauseMs, undefined, { signal });
  }
}

export const record = (domain: string, address: string): string =>
  `${domain}. ${isIP(address) === 6 ? "AAAA" : "A"} ${address}`;

async function whatIsWrong({
  domain,
  address,
  also = [],
  servers,
  signal,
}: DnsGateOptions): Promise<string | undefined> {
  const asked = servers ?? (await authoritativeServers(domain));
  if (asked.length === 0) return "no authoritative server was found";
  const answers = await Promise.all(asked.map((server) => ask(server, domain, signal)));
  for (const { server, v4, v6, error } of answers) {
    if (error) return `${server} says ${error}`;
    const all = [...v4, ...v6].map(canonical);
    if (!all.includes(canonical(address))) return `${server} says ${all.join(", ") || "nothing"}`;
    const stray = all.find((one) => ![address, ...also].map(canonical).includes(one));
    if (stray) return `${server} also says ${stray}, where the authority might look`;
  }
  return undefined;
}

/** One spelling of an IPv6 address for the many that mean it. */
const canonical = (address: string): string =>
  isIP(address) === 6 ? new SocketAddress({ address, family: "ipv6" }).address : address;

async function ask(server: string, domain: string, signal?: AbortSignal) {
  const resolver = new system.Resolver({ timeout: 3_000, tries: 2 });
  signal?.addEventListener("abort", () => resolver.cancel(), { once: true });
  resolver.setServers([server]);
  const none = (error: NodeJS.ErrnoException) => {
    if (error.code === "ENODATA" || error.code === "ENOTFOUND") return [];
    throw error;
  };
  try {
    const [v4, v6] = await Promise.all([resolver.resolve4(domain).catch(none), resolver.resolve6(domain).catch(none)]);
    return { server, v4, v6: v6.filter((one) => one !== "::"), error: undefined };
  } catch (error) {
    return { server, v4: [], v6: [], error: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

/** Addresses of the name servers of the nearest zone above the name. */
async function authoritativeServers(domain: string): Promise<string[]> {
  const labels = domain.split(".");
  for (let i = 0; i < labels.length - 1; i++) {
    const names = await system.resolveNs(labels.slice(i).join(".")).catch(() => []);
    const addresses = (await Promise.all(names.map((name) => system.resolve4(name).catch(() => [])))).flat();
    if (addresses.length > 0) return addresses;
  }
  return [];
}
