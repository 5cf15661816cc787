// What DigitalOcean has by this fleet's names and no state knows: a run was cut off before it could write it down, or a
// request was sent twice.
import { Problem } from "../../fleet/problem.ts";
import { openApi, orNone } from "../../remote/digitalocean/api.ts";
import type { State } from "../../stacks/terraform/state.ts";
import type { Context } from "../command.ts";

export interface Stray {
  /** `firewall 00000000-… (bednet-farm)` */
  readonly says: string;
  /** As Terraform's state has it. */
  readonly id: string;
  readonly type: string;
  /** What DELETE takes. */
  readonly path: string;
  /** The stack's resource that it can become; undefined: none, such as a droplet that nothing has converged. */
  readonly becomes: { readonly address: string; readonly importId: string } | undefined;
}

interface Sorted {
  /** Addresses of what an interrupted wait has left as failed: it is there, and creating it once more would be refused. */
  readonly tainted: readonly string[];
  /** What an apply would try to create once more, and be refused. */
  readonly adoptable: readonly Stray[];
  /** Nobody needs them, and some are billed. */
  readonly orphans: readonly Stray[];
}

/** A thing that has its place in the state already is there twice. */
export function sorted(found: readonly Stray[], state: State): Sorted {
  if (state.isEmpty) return { tainted: [], adoptable: [], orphans: found };
  const tainted: string[] = [];
  const adoptable: Stray[] = [];
  const orphans: Stray[] = [];
  const isTaken = (address: string): boolean =>
    state.instances(address).some(({ isDeposed }) => !isDeposed) ||
    adoptable.some(({ becomes }) => becomes?.address === address);
  for (const stray of found) {
    if (state.ids(stray.type).includes(stray.id)) {
      if (stray.becomes && isTainted(state, stray.becomes.address)) tainted.push(stray.becomes.address);
      continue;
    }
    if (stray.becomes === undefined || isTaken(stray.becomes.address)) orphans.push(stray);
    else adoptable.push(stray);
  }
  return { tainted, adoptable, orphans };
}

export const isTainted = (state: State, address: string): boolean =>
  state.instances(address).some((one) => one.isTainted && !one.isDeposed);

/** Two states for one fleet would each build a broker and take what they share from each other. */
export const otherState = (name: string, found: readonly Stray[]): Problem =>
  new Problem(
    [
      `DigitalOcean has things of ${name}, and this state knows none of them:`,
      ...found.map(({ says }) => `  ${says}`),
    ].join("\n"),
    "If it was deployed from another folder or machine, work with the state that is kept there (state: in fleet.yaml shares one). If nothing of it is in use, `bednet deploy --sweep` removes all of these first. Nothing was changed.",
  );

/** Only what `--sweep` asked for. */
export async function removeStrays(
  strays: readonly Stray[],
  { env, signal, output }: Pick<Context, "env" | "signal" | "output">,
): Promise<void> {
  const api = openApi({ env, signal });
  for (const { path, says } of strays) {
    await api.delete(path).catch(orNone);
    output.note(`Removed ${says}, which was in no state.`);
  }
}

export const orphansText = (orphans: readonly Stray[], command = "deploy"): string =>
  [
    `${orphans.length === 1 ? "One thing" : `${orphans.length} things`} of this fleet at DigitalOcean, which may be billed and in no state of Terraform's:`,
    ...orphans.map(({ says }) => `  ${says}`),
    `Look at what they hold, then run \`bednet ${command} --sweep\` to remove them.`,
  ].join("\n");

export const unheldText = (addresses: readonly string[]): string =>
  [
    `Reserved and held by no droplet, and not in this state: ${addresses.join(", ")}. DigitalOcean bills what nobody holds.`,
    "A run that was cut off may have left that. If nothing of yours needs it: doctl compute reserved-ip delete ADDRESS (reserved-ipv6 for IPv6).",
  ].join("\n");
