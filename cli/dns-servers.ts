// BEDNET_DNS_SERVERS: who is asked for the broker's name, for rehearsals and for networks that let no other question out.
import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { Problem } from "../fleet/problem.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** `address:port` or `address` each; undefined: not set, so the authoritative servers are asked. */
export function dnsServersOf({ BEDNET_DNS_SERVERS: text }: Environment): readonly string[] | undefined {
  if (!text) return undefined;
  const servers = text.split(",").map((one) => one.trim());
  const wrong = servers.find(
    (one) => isIP(one.replace(/^\[(.*)\](:\d+)?$/, "$1").replace(/^([^:]+):\d+$/, "$1")) === 0,
  );
  if (wrong === undefined) return servers;
  throw new Problem(
    `BEDNET_DNS_SERVERS: "${wrong}" is not an address with a port`,
    "Give addresses separated by commas, such as 192.0.2.53:53,[2001:db8::53]:53; nothing was changed.",
  );
}

/** The name's first address by those servers; undefined: they have none. */
export async function addressBy(servers: readonly string[], name: string): Promise<string | undefined> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  resolver.setServers(servers);
  const [address] = await resolver.resolve4(name).catch(() => []);
  return address;
}
