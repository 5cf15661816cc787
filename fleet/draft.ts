// What a fleet file seems to say, mistakes and all: so that rules between settings are judged in the same run as the settings.
export interface DraftGrants {
  /** Undefined where the entry is no text. */
  readonly publish: readonly (string | undefined)[];
  readonly subscribe: readonly (string | undefined)[];
}

export interface Draft {
  readonly name: string | undefined;
  readonly provider: unknown;
  readonly alertsGoTo: string | undefined;
  readonly domain: string | undefined;
  readonly zone: string | undefined;
  readonly access: unknown;
  readonly devices: number | undefined;
  readonly backendServices: number | undefined;
  readonly classes: ReadonlyMap<string, DraftGrants>;
  readonly services: ReadonlyMap<string, DraftGrants & { readonly connections: number }>;
  readonly people: ReadonlyMap<string, DraftGrants>;
}

export function draftOf(root: unknown): Draft {
  const capacity = member(root, "capacity");
  return {
    name: text(member(root, "name")),
    provider: member(member(root, "host"), "provider"),
    alertsGoTo: text(member(member(root, "monitoring"), "email")),
    domain: text(member(member(root, "broker"), "domain")),
    zone: text(member(member(root, "dns"), "zone")),
    access: member(root, "access"),
    devices: whole(member(capacity, "devices")) || undefined,
    backendServices: member(capacity, "backendServices") === undefined ? 0 : whole(member(capacity, "backendServices")),
    classes: entries(member(root, "classes"), grants),
    services: entries(member(root, "services"), (service) => {
      const connections = member(service, "connections");
      return {
        ...grants(service),
        connections: Math.min(64, connections === undefined ? 1 : (whole(connections) ?? 1)),
      };
    }),
    people: entries(member(root, "people"), grants),
  };
}

function member(value: unknown, key: string): unknown {
  const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
  return isGroup && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function entries<T>(group: unknown, read: (entry: unknown) => T): Map<string, T> {
  const isGroup = typeof group === "object" && group !== null && !Array.isArray(group);
  return new Map(isGroup ? Object.entries(group).map(([name, entry]) => [name, read(entry)] as const) : []);
}

const grants = (entry: unknown): DraftGrants => ({
  publish: filters(member(entry, "publish")),
  subscribe: filters(member(entry, "subscribe")),
});
const filters = (list: unknown): (string | undefined)[] => (Array.isArray(list) ? list.map(text) : []);
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const whole = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
