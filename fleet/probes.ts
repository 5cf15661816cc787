// The users that prove the broker: a topic tree of their own, so that no check ever speaks on a customer's topics.

/** Two verifies run side by side: each takes a slot, another one when it is thrown out of it. */
export const PROBE_SLOTS = 8;
export const probeParts = ["device", "neighbour", "stranger", "watcher", "victim", "rival", "caller"] as const;
export type ProbePart = (typeof probeParts)[number];

/** Health of the host, over loopback. */
export const MONITOR = "bednet-monitor";
/** `bednet watch`. */
export const WATCH = "bednet-watch";
/** Converge, from the host itself: a known login after each change of the broker. */
export const PROVER = "bednet-prover";

/** Nobody in fleet.yaml or devices.csv may be named or granted anything in here. */
export const RESERVED_NAME = /^bednet-/i;
export const RESERVED_TREE = "bednet";

export const probeName = (slot: number, part: ProbePart): string => `bednet-probe-${slot}-${part}`;

interface Grants {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Devices of class a, the same kind of lines as a real class. */
export const probeClass: Grants = {
  publish: ["bednet/probe/a/{device}/up"],
  subscribe: ["bednet/probe/a/{device}/down"],
};

/** What a probe may do, with `{device}` for its name; only the stranger and the watcher are not of class a. */
export function probeGrants(part: ProbePart): Grants {
  if (part === "stranger")
    return { publish: ["bednet/probe/b/{device}/up"], subscribe: ["bednet/probe/b/{device}/down"] };
  if (part === "watcher") return { publish: ["bednet/probe/#"], subscribe: ["bednet/probe/#", "$SYS/#"] };
  return probeClass;
}

export const monitorGrants: Record<typeof MONITOR | typeof WATCH | typeof PROVER, Grants> = {
  [MONITOR]: { publish: ["bednet/health/#"], subscribe: ["$SYS/#", "bednet/health/#"] },
  [WATCH]: { publish: [], subscribe: ["$SYS/#", "bednet/health/#"] },
  [PROVER]: { publish: [], subscribe: ["$SYS/#"] },
};
