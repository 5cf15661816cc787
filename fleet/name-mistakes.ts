// One name, one login: a name used twice would throw each other out of the broker for ever.
import { connectionNames } from "./access.ts";
import type { DeviceRow } from "./device-rows.ts";
import type { Draft } from "./draft.ts";
import { dotted, type Mistake, type Place, quote } from "./mistake.ts";
import { RESERVED_NAME } from "./probes.ts";
import type { YamlSource } from "./yaml-source.ts";

interface Use extends Place {
  readonly name: string;
  readonly path: string;
  /** Such as `a connection of service dashboard`. */
  readonly what: string;
}

export const reserved = (name: string): string =>
  `${quote(name)}: names that begin with bednet- are bednet's own; choose another`;

export function nameMistakes(draft: Draft, rows: readonly DeviceRow[], source: YamlSource): Mistake[] {
  const mistakes: Mistake[] = [];
  const first = new Map<string, Use>();
  for (const use of [...serviceUses(draft, source), ...personUses(draft, source)]) {
    if (RESERVED_NAME.test(use.name)) mistakes.push({ ...use, says: reserved(use.name) });
    if (use.name.length > 64 && use.path.startsWith("services.")) {
      mistakes.push({
        ...use,
        says: `its connection ${quote(use.name)} has ${use.name.length} characters, the limit is 64; shorten the name`,
      });
    }
    const other = first.get(use.name);
    if (other === undefined) first.set(use.name, use);
    else mistakes.push({ ...use, says: twice(use, other) });
  }
  for (const row of rows) {
    const other = first.get(row.id);
    if (other !== undefined) mistakes.push({ ...row, path: "id", says: twice({ name: row.id }, other) });
  }
  return mistakes;
}

const twice = ({ name }: Pick<Use, "name">, other: Use): string =>
  `${quote(name)} is also ${other.what} (${other.file}:${other.line}); rename one`;

function serviceUses(draft: Draft, source: YamlSource): Use[] {
  return [...draft.services].flatMap(([service, { connections }]) => {
    const path = ["services", service];
    return connectionNames(service, connections).map((name, index) => ({
      ...source.atKey(path),
      path: dotted(path),
      name,
      what: index === 0 ? `the service ${service}` : `connection ${index + 1} of service ${service}`,
    }));
  });
}

function personUses(draft: Draft, source: YamlSource): Use[] {
  return [...draft.people.keys()].map((name) => {
    const path = ["people", name];
    return { ...source.atKey(path), path: dotted(path), name, what: `the person ${name}` };
  });
}
