// Before certbot is called: do the zone's own servers answer with this host? Asking too early is remembered for long.
import { Resolver } from "node:dns/promises";
import { isIP, SocketAddress } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../fleet/problem.ts";
import { authoritativeServers, isNone, type NameServers } from "./name-servers.ts";

export interface DnsGateOptions {
  readonly domain: string;
  /** Where the name must lead. */
  readonly address: string;
  /** Further addresses of the same host. */
  readonly also?: readonly string[];
  /** Servers to ask about every name on the way, `address:port`; left out, the authoritative ones of its nearest zone. */
  readonly servers?: readonly string[];
  /** In place of asking the system's resolver for these. */
  readonly serversOf?: (name: string) => Promise<NameServers>;
  /** How long to wait for the record; 0: ask once. */
  readonly waitMs: number;
  /** Between two questions. */
  readonly pauseMs?: number;
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const PAUSE_MS = 5_000;
/** A chain of CNAMEs that is longer than this leads nowhere. */
const MOST_CNAMES = 8;

/** Records that say something else, perhaps behind a CNAME; or servers that say nothing, so that we cannot tell. */
interface Obstacle {
  readonly kind: "record" | "CNAME" | "silence";
  readonly says: string;
}

/** Resolves when every server answers the address and no IPv6 address leads elsewhere: the authority would try that first. */
export async function passDnsGate(options: DnsGateOptions): Promise<void> {
  const { domain, address, waitMs, pauseMs = PAUSE_MS, onProgress, signal } = options;
  const started = Date.now();
  for (let first = true; ; first = false) {
    const obstacle = await obstacleAt(domain, options, MOST_CNAMES);
    signal?.throwIfAborted();
    if (obstacle === undefined) return;
    if (Date.now() - started >= waitMs) throw problemOf(obstacle, domain, address);
    if (first) onProgress(`waiting for the DNS record ${record(domain, address)} (${obstacle.says})`);
    await sleep(pauseMs, undefined, { signal });
  }
}

function problemOf({ kind, says }: Obstacle, domain: string, address: string): Problem {
  if (kind === "silence")
    return new Problem(
      `could not find out where ${domain} leads: ${says}`,
      "Check that these servers can be asked from here (port 53) and serve the zone, then run the command again. No certificate was asked for.",
      { exitCode: 2 },
    );
  return new Problem(
    `${domain} does not lead to ${address} yet: ${says}`,
    `Set this record${kind === "CNAME" ? " in place of the CNAME" : ""}, then run the command again: ${record(domain, address)}. No certificate was asked for.`,
  );
}

export const record = (domain: string, address: string): string =>
  `${domain}. ${isIP(address) === 6 ? "AAAA" : "A"} ${address}`;

/** Where the name's own servers say nothing but a CNAME, those of its target are asked, who alone can know. */
async function obstacleAt(name: string, options: DnsGateOptions, depth: number): Promise<Obstacle | undefined> {
  const { address, also = [], servers, serversOf = authoritativeServers, signal } = options;
  const { addresses, failure }: NameServers = servers ? { addresses: servers } : await serversOf(name);
  if (failure !== undefined)
    return { kind: "silence", says: `this machine's resolver did not tell the name servers of ${name} (${failure})` };
  if (addresses.length === 0) return { kind: "record", says: `${name} has no authoritative server` };
  const answers = await Promise.all(addresses.map((server) => ask(server, name, signal)));
  const silent = answers.filter(({ error }) => error !== undefined);
  for (const { server, v4, v6, cname } of answers.filter(({ error }) => error === undefined)) {
    const all = [...v4, ...v6].map(canonical);
    if (cname !== undefined) {
      if (depth === 0) return { kind: "CNAME", says: `${server} says CNAME ${cname}, and so on without an end` };
      const behind = await obstacleAt(cname, options, depth - 1);
      if (behind?.kind === "silence") return behind;
      if (behind) return { kind: "CNAME", says: `${server} says CNAME ${cname}, where ${behind.says}` };
      continue;
    }
    if (!all.includes(canonical(address)))
      return { kind: "record", says: `${server} says ${all.join(", ") || "nothing"}` };
    const stray = all.find((one) => ![address, ...also].map(canonical).includes(one));
    if (stray) return { kind: "record", says: `${server} also says ${stray}, where the authority might look` };
  }
  if (silent.length === 0) return undefined;
  const who = silent.length === answers.length ? "no name server" : "not every name server";
  const errors = silent.map(({ server, error }) => `${server}: ${error}`).join(", ");
  return { kind: "silence", says: `${who} of ${name} gave an answer (${errors})` };
}

/** One spelling of an IPv6 address for the many that mean it. */
const canonical = (address: string): string =>
  isIP(address) === 6 ? new SocketAddress({ address, family: "ipv6" }).address : address;

async function ask(server: string, name: string, signal?: AbortSignal) {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  const cancel = (): void => resolver.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  resolver.setServers([server]);
  const none = (error: NodeJS.ErrnoException) => {
    if (isNone(error)) return [];
    throw error;
  };
  try {
    const [v4, v6] = await Promise.all([resolver.resolve4(name).catch(none), resolver.resolve6(name).catch(none)]);
    const [cname] = v4.length + v6.length === 0 ? await resolver.resolveCname(name).catch(none) : [];
    return { server, v4, v6: v6.filter((one) => one !== "::"), cname, error: undefined };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return { server, v4: [], v6: [], cname: undefined, error: code };
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}
