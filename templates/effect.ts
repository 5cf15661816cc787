// What changing a piece of the bundle costs the clients that are connected.

/** In order of cost. `reload` drops nobody, `restart` drops every client for some seconds. */
export const effects = ["none", "reload", "restart"] as const;
export type Effect = (typeof effects)[number];

export function worst(list: readonly Effect[]): Effect {
  return effects[Math.max(0, ...list.map((effect) => effects.indexOf(effect)))]!;
}
