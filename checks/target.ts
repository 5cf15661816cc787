// What verify is pointed at: a broker's name and doors, and what this fleet may expect behind them.
import { accessStyle, type ProbePart, probeName } from "../fleet/access.ts";
import type { VerifyKey } from "../fleet/credentials.ts";
import { type Lock, verifyPasswords } from "../fleet/lock.ts";
import type { Plan } from "../fleet/plan.ts";
import type { Fleet } from "../fleet/schema.ts";
import type { Secret } from "../fleet/secret.ts";

export interface Credentials {
  readonly name: string;
  readonly password: Secret;
}

export interface VerifyTarget {
  /** The name that devices use: TLS asks for it, and the certificate must carry it. */
  readonly domain: string;
  /** Connects here instead of where the name leads; the certificate must still carry the name. */
  readonly address?: string;
  readonly port: number;
  /** Where plain MQTT must not answer. */
  readonly plainPort: number;
  /** Roots that may have issued the chain, as PEM and then no others; `system`: the public ones that node brings along. */
  readonly trust: "system" | string;
  /** Connections the broker accepts. */
  readonly limit: number;
  /** Share of `limit` at which monitoring alerts. */
  readonly alertAt: number;
  /** `pooled`: the fleet chose that its classes share their patterns. */
  readonly access: "patterns" | "sections" | "pooled";
  readonly credentials: (slot: number, part: ProbePart) => Credentials;
}

export interface TargetInputs {
  readonly fleet: Fleet;
  readonly plan: Pick<Plan, "maxConnections">;
  readonly lock: Lock;
  readonly verifyKey: VerifyKey;
  readonly trust?: "system" | string;
  readonly address?: string;
  readonly ports?: { readonly tls: number; readonly plain: number };
}

/** Throws a Problem when the key does not belong to the lock. */
export function targetOf(inputs: TargetInputs): VerifyTarget {
  const { fleet, plan, lock, verifyKey, trust = "system", address, ports = { tls: 8883, plain: 1883 } } = inputs;
  const passwordOf = verifyPasswords(lock, verifyKey);
  return {
    domain: fleet.broker.domain,
    ...(address === undefined ? {} : { address }),
    port: ports.tls,
    plainPort: ports.plain,
    trust,
    limit: plan.maxConnections.value,
    alertAt: fleet.monitoring.alertAt,
    access: isPooled(fleet) ? "pooled" : accessStyle(fleet),
    credentials: (slot, part) => {
      const name = probeName(slot, part);
      return { name, password: passwordOf(name) };
    },
  };
}

function isPooled(fleet: Fleet): boolean {
  return fleet.access === "pooled" && Object.keys(fleet.classes).length > 1 && accessStyle(fleet) === "patterns";
}
