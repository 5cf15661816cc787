// Whether a host can become a broker before the domain leads to it: it can when it has the certificate that is wanted.
import type { Host } from "../remote/host.ts";
import { type CompareOptions, compare } from "./compare.ts";

export async function isCertified(host: Host, options: CompareOptions): Promise<boolean> {
  const { observed, changes } = await compare(host, options);
  return observed.mosquittoVersion !== undefined && !changes.some(({ wish, state }) => wish.needsDns?.(state));
}
