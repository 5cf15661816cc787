// Whether the plain port answers, with the TLS port of the same address as the control.
import type { VerifyTarget } from "../target.ts";
import { type Answer, addressesOf, tcp } from "../wire/dial.ts";

/** Two SYNs and the answer to a third: a dropped packet does not look like a closed door. */
const PORT_MS = 3_200;

export interface Ports {
  /** The broker's name, or the address given in its place. */
  readonly host: string;
  readonly plainPort: number;
  readonly tlsPort: number;
  /** Every address of the broker's name. */
  readonly doors: readonly { readonly address: string; readonly plain: Answer; readonly tls: Answer }[];
}

export async function gatherPorts(target: VerifyTarget, signal: AbortSignal): Promise<Ports> {
  const addresses = await addressesOf(target, signal);
  const doors = await Promise.all(
    addresses.map(async (address) => {
      const ask = (port: number): Promise<Answer> => tcp(address, port, PORT_MS, signal);
      const [plain, tls] = await Promise.all([ask(target.plainPort), ask(target.port)]);
      return { address, plain, tls };
    }),
  );
  return { host: target.address ?? target.domain, plainPort: target.plainPort, tlsPort: target.port, doors };
}
