// A real mosquitto from a real bundle, sabotaged where the test says so, and the target that verify is pointed at.
import { connectAsync, type MqttClient } from "mqtt";
import { targetOf, type VerifyTarget } from "../../checks/target.ts";
import { FleetKey, passwordOf } from "../../fleet/credentials.ts";
import { parseFleet } from "../../fleet/load.ts";
import { type Lock, updateLock } from "../../fleet/lock.ts";
import { planFleet } from "../../fleet/plan.ts";
import type { Fleet } from "../../fleet/schema.ts";
import { type Authority, type IssueOptions, makeAuthority } from "../../sandbox/authority.ts";
import { type RunningBroker, startBroker } from "../../sandbox/broker.ts";
import { type HostFile, makeBundle } from "../../templates/bundle.ts";
import type { HostFacts } from "../../templates/host-facts.ts";

export const DOMAIN = "mqtt.farm.example.com";
export type Style = "patterns" | "sections";

export interface Sabotage {
  /** Edits a file of the bundle by the end of its path. */
  readonly edit?: Readonly<Record<string, (content: string, context: Context) => string>>;
  readonly fleet?: (yaml: string) => string;
  readonly certificate?: Partial<IssueOptions> & { readonly isForeign?: boolean; readonly isLeafOnly?: boolean };
  /** The key whose passwords verify uses, when it is not the broker's. */
  readonly wrongKey?: boolean;
  readonly target?: (target: VerifyTarget, broker: RunningBroker) => VerifyTarget;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Context {
  readonly facts: HostFacts;
}

export interface Rig {
  readonly broker: RunningBroker;
  readonly target: VerifyTarget;
  readonly fleet: Fleet;
  readonly lock: Lock;
  readonly key: FleetKey;
}

const classes = {
  patterns: ["soil"],
  sections: ["soil", "valve"],
} satisfies Record<Style, readonly string[]>;

const yamlOf = (style: Style): string => `name: rig
broker: { domain: ${DOMAIN}, tls: { issuer: letsencrypt } }
capacity: { devices: 20, backendServices: 1 }
host: { provider: existing, address: 203.0.113.20, adminCidrs: [203.0.113.7/32] }
classes:
${classes[style].map((name) => `  ${name}: { hardware: esp32, publish: ["${name}/{device}/up"], subscribe: ["${name}/{device}/down"] }`).join("\n")}
services:
  dashboard: { connections: 2, publish: ["soil/+/down"], subscribe: ["#"] }
`;
const csvOf = (style: Style): string =>
  [
    "id,class",
    ...classes[style].flatMap((name) => Array.from({ length: 10 }, (_, i) => `${name}-${i + 1},${name}`)),
  ].join("\n");

const key = FleetKey.generate();
const authorities = new Map<string, Promise<Authority>>();
function root(name: "rig root" | "somebody else's root"): Promise<Authority> {
  const known = authorities.get(name) ?? makeAuthority({ name });
  authorities.set(name, known);
  return known;
}

export async function startRig(style: Style, sabotage: Sabotage = {}, signal?: AbortSignal): Promise<Rig> {
  const yaml = (sabotage.fleet ?? ((text) => text))(yamlOf(style));
  const fleet = parseFleet({ yaml, yamlFile: "fleet.yaml", csv: csvOf(style), csvFile: "devices.csv" });
  const { lock } = updateLock(fleet, undefined, key);
  const { isForeign, isLeafOnly, ...issue } = sabotage.certificate ?? {};
  const issuer = await (await root(isForeign ? "somebody else's root" : "rig root")).intermediate("rig intermediate");
  const issued = await issuer.issue({ names: [fleet.broker.domain], ...issue });
  const broker = await startBroker({
    bundleFor: (facts) => {
      const plan = planFleet(fleet, { mosquittoVersion: facts.mosquittoVersion, ipv6: facts.ipv6 });
      const bundle = makeBundle({ fleet, plan, lock, facts });
      return { ...bundle, files: bundle.files.map((file) => edited(file, sabotage, { facts })) };
    },
    certificate: { chain: isLeafOnly ? issued.certificatePem : issued.fullchainPem, key: issued.privateKeyPem },
    ...(signal && { signal }),
    ...(sabotage.env && { env: { ...process.env, ...sabotage.env } }),
  });
  const plan = planFleet(fleet, { mosquittoVersion: broker.facts.mosquittoVersion });
  const verifier = sabotage.wrongKey ? FleetKey.generate() : key;
  const target = targetOf({
    fleet,
    plan,
    lock: sabotage.wrongKey ? updateLock(fleet, undefined, verifier).lock : lock,
    verifyKey: verifier.verifyKey,
    trust: (await root("rig root")).rootPem,
    address: broker.address,
    ports: { tls: broker.port, plain: broker.loopbackPort },
  });
  return { broker, target: sabotage.target?.(target, broker) ?? target, fleet, lock, key };
}

/** A login of a device of the rig, which stays for as long as it is not ended. */
export const asDevice = ({ target, key }: Rig, name: string): Promise<MqttClient> =>
  connectAsync({
    protocol: "mqtts",
    host: target.address!,
    port: target.port,
    servername: target.domain,
    ca: target.trust,
    username: name,
    clientId: name,
    password: passwordOf(key, name, 1).reveal(),
    reconnectPeriod: 0,
  });

/** Where some of what is broken on purpose cannot be broken any more. */
export const isFrom21 = ({ broker }: Rig): boolean => !broker.facts.mosquittoVersion.startsWith("2.0.");

/** An edit that changes nothing would be a sabotage that never happened. */
function edited(file: HostFile, { edit = {} }: Sabotage, context: Context): HostFile {
  const change = Object.entries(edit).find(([end]) => file.path.endsWith(`/${end}`))?.[1];
  if (change === undefined) return file;
  const content = change(file.content, context);
  if (content === file.content) throw new Error(`the sabotage changed nothing in ${file.path}`);
  return { ...file, content };
}
