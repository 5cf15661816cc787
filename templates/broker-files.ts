// What mosquitto reads: two configuration files told apart by what a change costs, the passwords, the grants.
import { type Access, type AclLine, accessOf } from "../fleet/access.ts";
import { type Dialect, dialectOf } from "../fleet/mosquitto-versions.ts";
import type { Wanted } from "./bundle.ts";
import { certificatePair } from "./host-facts.ts";
import { type HostFile, printFile, rootFile } from "./host-file.ts";
import { confValue } from "./quote.ts";

export function brokerFiles({ fleet, plan, lock, facts }: Wanted): HostFile[] {
  const dialect = dialectOf(facts.mosquittoVersion);
  if (plan.mosquittoVersion !== dialect.version) {
    throw new Error(`the plan is for mosquitto ${plan.mosquittoVersion}, the host has ${dialect.version}`);
  }
  const { paths, ports } = facts;
  const brokerOnly = { owner: facts.user, group: facts.group, mode: "0600", effect: "reload" } as const;
  const globals = printFile("bednet-globals.conf.hbs", {
    passwordFile: confValue(`${paths.broker}/passwd`),
    aclFile: confValue(`${paths.broker}/acl`),
  });
  const listeners = printFile("bednet-listeners.conf.hbs", {
    maxQueuedMessages: plan.maxQueuedMessages.value,
    maxQueuedBytes: plan.maxQueuedBytes.value,
    maxPacketBytes: plan.maxPacketBytes.value,
    tlsPort: ports.tls,
    loopbackPort: ports.loopback,
    tlsLimits: connectionLimit(dialect, plan.maxConnections.value),
    loopbackLimits: connectionLimit(dialect, plan.loopbackConnections.value),
    certificatePair: confValue(certificatePair(paths)),
  });
  return [
    rootFile({ path: `${paths.confd}/bednet-globals.conf`, content: known(globals, dialect), effect: "reload" }),
    rootFile({ path: `${paths.confd}/bednet-listeners.conf`, content: known(listeners, dialect), effect: "restart" }),
    { path: `${paths.broker}/passwd`, content: passwords(lock.lines), ...brokerOnly, secret: true },
    { path: `${paths.broker}/acl`, content: grants(accessOf(fleet)), ...brokerOnly, secret: false },
  ];
}

/** On 2.0.x the first reload would make the line a lie; there the descriptor limit is the cap (docs/decisions). */
function connectionLimit(dialect: Dialect, connections: number): { directive: string; value: number }[] {
  return dialect.maxConnectionsSurvivesReload ? [{ directive: "max_connections", value: connections }] : [];
}

/** A directive that this version does not know would be fatal on the host, so it is fatal here. */
function known(text: string, dialect: Dialect): string {
  for (const line of text.split("\n")) {
    const [directive = ""] = line.split(" ");
    if (directive === "" || directive.startsWith("#") || dialect.knows(directive)) continue;
    throw new Error(`mosquitto ${dialect.version} does not know ${directive}`);
  }
  return text;
}

function passwords(lines: Wanted["lock"]["lines"]): string {
  const active = lines.filter(({ state }) => state === "active");
  return printFile("passwd.hbs", {
    lines: active.map(({ name, hash }) => ({ name: confValue(name), hash: confValue(hash) })),
  });
}

function grants({ patterns, sections }: Access): string {
  const quoted = (lines: readonly AclLine[]) =>
    lines.map(({ access, filter }) => ({ access, filter: confValue(filter) }));
  return printFile("acl.hbs", {
    patterns: quoted(patterns),
    sections: sections.map(({ user, lines }) => ({ user: confValue(user), lines: quoted(lines) })),
  });
}
