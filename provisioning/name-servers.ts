// Who answers for a name: the servers of the nearest zone above it, as the system's resolver tells them.
import { Resolver } from "node:dns/promises";

export interface NameServers {
  /** None where no zone was found. */
  readonly addresses: readonly string[];
  /** Why none were found, when the resolver did not answer: which is not the same as there being none. */
  readonly failure?: string;
}

/** The answer is that there is nothing of the kind. */
export const isNone = ({ code }: NodeJS.ErrnoException): boolean => code === "ENODATA" || code === "ENOTFOUND";

export async function authoritativeServers(domain: string, resolver = new Resolver()): Promise<NameServers> {
  let failure: string | undefined;
  const none = (error: NodeJS.ErrnoException): string[] => {
    if (!isNone(error)) failure = error.code ?? error.message;
    return [];
  };
  const labels = domain.split(".");
  // Asked for the servers of a CNAME, the resolver would tell those of its target.
  const isAlias = (await resolver.resolveCname(domain).catch(none)).length > 0;
  for (let i = isAlias ? 1 : 0; i < labels.length - 1; i++) {
    const names = await resolver.resolveNs(labels.slice(i).join(".")).catch(none);
    const addresses = (await Promise.all(names.map((name) => resolver.resolve4(name).catch(none)))).flat();
    if (addresses.length > 0) return { addresses };
  }
  return { addresses: [], ...(failure !== undefined && { failure }) };
}
