// What a deploy is about to do, in an operator's words: the cloud, the host, its clients, the price.
import type { Preview } from "../../provisioning/preview.ts";
import type { Action, Cost, ResourceChange } from "../../stacks/terraform/changes.ts";

export interface Ahead {
  readonly changes: readonly ResourceChange[];
  /** What converge would do on the host that serves now; undefined: there is none, or it could not be looked at. */
  readonly host: (Pick<Preview, "changes" | "effect" | "clients"> & { readonly name: string }) | undefined;
  /** Dollars a month, undefined: the stack costs nothing at DigitalOcean. */
  readonly cost: Cost | undefined;
}

/** The stages are how the rest is done, not what changes. */
const isStage = ({ type }: ResourceChange): boolean => type === "terraform_data";

export function summaryOf(ahead: Ahead): string {
  const lines = [
    ...cloudLines(ahead),
    ...hostLines(ahead),
    ...stageLines(ahead),
    ...clientLines(ahead),
    ...costLines(ahead),
  ];
  return lines.length === 0 ? "Nothing to change." : lines.join("\n");
}

export const changesNothing = ({ changes, host }: Ahead): boolean =>
  changes.length === 0 && (host === undefined || host.changes.length === 0);

function cloudLines({ changes }: Ahead): string[] {
  const things = changes.filter((change) => !isStage(change));
  if (things.length === 0) return [];
  return [
    "Cloud",
    ...things.map(
      ({ action, address, isDeposed }) =>
        `  ${wordOf[action].padEnd(8)} ${address}${isDeposed ? " (left over from a replacement)" : ""}`,
    ),
  ];
}

const wordOf: Readonly<Record<Action, string>> = {
  create: "create",
  update: "change",
  replace: "replace",
  delete: "remove",
};

function stageLines({ changes }: Ahead): string[] {
  const run = changes.filter((change) => isStage(change) && change.action !== "delete").map(({ name }) => name);
  const names = stages.filter((stage) => run.includes(stage)).map((stage) => stage.replace("_", "-"));
  return names.length === 0 ? [] : [`Runs     ${names.join(", ")}`];
}

/** Those that do something, in the order in which they run; the rest only has something to say when it goes. */
const stages = ["preflight", "before_address", "after_address", "converge", "verify"];

function hostLines({ host }: Ahead): string[] {
  if (host === undefined || host.changes.length === 0) return [];
  return [`To be made true on host ${host.name}`, ...host.changes.map(({ step, says }) => `  ${step}: ${says}`)];
}

/** A replacement that is gone on with has its droplet already, and moves the address. */
const moving = ["digitalocean_droplet", "digitalocean_reserved_ip_assignment"];

/** What it costs those who are connected, told before it is done. */
function clientLines({ changes, host }: Ahead): string[] {
  if (host === undefined) return [];
  const isReplaced = changes.some(({ type, action }) => moving.includes(type) && action === "replace");
  if (isReplaced) return [`Clients  replace: ${clients(host.clients)} to the new droplet when it has proved itself`];
  if (changes.some(isResize))
    return [`Clients  switched off and on with another size: ${dropped(host.clients)}, for minutes`];
  if (host.effect === "restart") return [`Clients  restart: ${dropped(host.clients)}`];
  if (host.effect === "reload") return [`Clients  reload: 0 of ${host.clients} connected clients are dropped`];
  return host.changes.length > 0 ? ["Clients  none: nobody notices"] : [];
}

const isResize = ({ type, action, before, after }: ResourceChange): boolean =>
  type === "digitalocean_droplet" && action === "update" && before.size !== after.size;

const clients = (count: number): string =>
  count === 1 ? "the one connected client moves" : `${count} connected clients move`;
const dropped = (count: number): string =>
  count === 1 ? "1 connected client is dropped" : `${count} connected clients are dropped`;

function costLines({ changes, cost }: Ahead): string[] {
  if (cost === undefined || changes.length === 0) return [];
  const { before, after } = cost;
  if (before === after) return [`Cost     $${after} a month, as before`];
  return [`Cost     $${after ?? "0.00"} a month, ${before === undefined ? "nothing so far" : `$${before} so far`}`];
}
