// What a converge did, in a line or two: success is quiet and counts.
import { count } from "../fleet/figure.ts";
import type { Converged } from "../provisioning/converge.ts";
import type { Preview } from "../provisioning/preview.ts";
import type { RolledBack } from "../provisioning/rollback.ts";

export function convergedText({ steps, changed, effect, dropped, trips }: Converged, seconds: number): string {
  const round = `${trips} round trip${trips === 1 ? "" : "s"}`;
  const what = changed.length === 0 ? "nothing to change" : `${changed.length} changed (${changed.join(", ")})`;
  const cost = {
    none: "",
    reload: "\nThe broker was reloaded; nobody was dropped.",
    restart: `\nThe broker was restarted; ${clients(dropped)} dropped.`,
  }[effect];
  return `${steps} steps, ${what}, ${round}, ${seconds.toFixed(1)} s${cost}`;
}

export function previewText(host: string, { changes, effect, clients: connected }: Preview): string {
  if (changes.length === 0) return `${host} matches fleet.yaml: nothing to change.`;
  const cost = {
    none: "no effect on the broker",
    reload: `reload: 0 of ${clients(connected)} dropped`,
    restart: `restart: ${clients(connected)} dropped`,
  }[effect];
  return [
    `Effect of converge on ${host}: ${cost}`,
    "It would make true:",
    ...changes.map(({ step, says }) => `  ${step}: ${says}`),
  ].join("\n");
}

export function rolledBackText({ effect, dropped }: RolledBack): string {
  const cost = effect === "restart" ? `restarted, ${clients(dropped)} dropped` : "reloaded, nobody dropped";
  return `The previous configuration is in force again (${cost}).\nfleet.yaml is unchanged: the next \`bednet converge\` applies it again.`;
}

const clients = (many: number): string => `${count(many)} connected client${many === 1 ? "" : "s"}`;
