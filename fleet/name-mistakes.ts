// One name, one login: a name used twice would throw each other out of the broker for ever.

import type { DeviceRow } from "./device-rows.ts";
import type { Draft } from "./draft.ts";
import { dotted, type Mistake, quote } from "./mistake.ts";
import { connectionNames } from "./principals.ts";
import { RESERVED_NAME } from "./probes.ts";
import type { YamlSource } from "./yaml-source.ts";

interface Use {
  readonly name: string;
  readonly path: readonly string[];
  /** Such as `connection 2 of service dashboard`. */
  readonly what: string;
}

export const reserved = (name: string): string =>
  `${quote(name)}: names that begin with bednet- are bednet's own; choose another`;

export function nameMistakes(draft: Draft, rows: readonly DeviceRow[], source: YamlSource): Mistake[] {
  const mistakes: Mistake[] = [];
  const blame = ({ path }: Use, says: string): void => {
    mistakes.push({ ...source.atKey(path), path: dotted(path), says });
  };
  const twice = (name: string, { what, path }: Use): string => {
    const { file, line } = source.atKey(path);
    return `${quote(name)} is also ${what} (${file}:${line}); rename one`;
  };
  const first = new Map<string, Use>();
  for (const use of [...serviceUses(draft), ...personUses(draft)]) {
    const { name } = use;
    const other = first.get(name);
    if (RESERVED_NAME.test(name)) blame(use, reserved(name));
    if (isTooLong(use))
      blame(use, `its connection ${quote(name)} has ${name.length} characters, the limit is 64; shorten it`);
    if (other === undefined) first.set(name, use);
    else blame(use, twice(name, other));
  }
  for (const { id, ...place } of rows) {
    const other = first.get(id);
    if (other !== undefined) mistakes.push({ ...place, path: "id", says: twice(id, other) });
  }
  return mistakes;
}

/** A service's name may be valid, and the name of its second connection too long. */
const isTooLong = ({ name, path }: Use): boolean => name.length > 64 && path[1]!.length <= 64;

function serviceUses(draft: Draft): Use[] {
  return [...draft.services].flatMap(([service, { connections }]) =>
    connectionNames(service, connections).map((name, index) => ({
      name,
      path: ["services", service],
      what: index === 0 ? `the service ${service}` : `connection ${index + 1} of service ${service}`,
    })),
  );
}

const personUses = (draft: Draft): Use[] =>
  [...draft.people.keys()].map((name) => ({ name, path: ["people", name], what: `the person ${name}` }));
