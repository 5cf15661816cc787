// What is declared must fit into what is planned, and the broker's name into its zone.
import { connectionsPerService } from "./capacity.ts";
import type { Draft } from "./draft.ts";
import { count } from "./figure.ts";
import { dotted, type Mistake, quote } from "./mistake.ts";
import type { YamlSource } from "./yaml-source.ts";

export function capacityMistakes(draft: Draft, rows: number, csvFile: string, source: YamlSource): Mistake[] {
  const at = (path: string[], says: string): Mistake => ({ ...source.at(path), path: dotted(path), says });
  const mistakes: Mistake[] = [];
  const { devices, backendServices, domain, zone } = draft;
  if (devices !== undefined && rows > devices) {
    const says = `${count(devices)} is less than the ${count(rows)} rows of ${csvFile}; raise it to ${rows} or remove rows`;
    mistakes.push(at(["capacity", "devices"], says));
  }
  const each = [...draft.services].map(([name, { connections }]) => ({ name, connections }));
  const needed = each.reduce((sum, { connections }) => sum + connections, 0);
  if (backendServices !== undefined && needed > backendServices * connectionsPerService) {
    const terms = each.map(({ name, connections }) => `${name} ${connections}`);
    const list = terms.length > 8 ? `${terms.slice(0, 8).join(" + ")} + …` : terms.join(" + ");
    const allowed = backendServices * connectionsPerService;
    const says = `services need ${needed} connections (${list}), the limit is ${allowed} (${backendServices} × ${connectionsPerService}); raise it to ${Math.ceil(needed / connectionsPerService)}`;
    mistakes.push(at(["capacity", "backendServices"], says));
  }
  if (domain !== undefined && zone !== undefined && domain !== zone && !domain.endsWith(`.${zone}`)) {
    mistakes.push(
      at(
        ["dns", "zone"],
        `${quote(zone)} does not hold broker.domain ${quote(domain)}; use a zone that the domain ends in`,
      ),
    );
  }
  return mistakes;
}
