// Brings a site and a host together: what converge, its preview and its rollback are given.

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { PROVER } from "../fleet/access.ts";
import { isExampleKey } from "../fleet/credentials.ts";
import { type Lock, verifyPasswords } from "../fleet/lock.ts";
import { dialectOf, imageVersion } from "../fleet/mosquitto-versions.ts";
import { type Plan, planFleet } from "../fleet/plan.ts";
import { Problem } from "../fleet/problem.ts";
import type { Fleet } from "../fleet/schema.ts";
import type { ConvergeOptions } from "../provisioning/converge.ts";
import { passDnsGate } from "../provisioning/dns-gate.ts";
import type { Observed } from "../provisioning/observed.ts";
import { connect, type SshTarget } from "../remote/ssh.ts";
import { type Bundle, makeBundle } from "../templates/bundle.ts";
import { debianPaths } from "../templates/host-facts.ts";
import type { Site } from "./site.ts";

export interface RolloutOptions {
  readonly ssh: SshTarget;
  /** Where the domain must lead before a certificate is asked for; left out, to the address of `ssh`. */
  readonly leadsTo?: LeadsTo;
  readonly adopt?: boolean;
  readonly force?: boolean;
  /** DNS servers to ask instead of the authoritative ones: a rehearsal's. */
  readonly dnsServers?: readonly string[];
  readonly dnsWaitMs: number;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface LeadsTo {
  readonly address: string;
  /** Further addresses of the same host, to which the domain may lead too. */
  readonly also: readonly string[];
}

export function rollout(site: Site, options: RolloutOptions): ConvergeOptions {
  const { ssh, onProgress, signal, adopt = false, force = false, dnsServers } = options;
  const { fleet, lock, verifyKey } = site;
  const isExisting = fleet.host.provider === "existing";
  return {
    lock,
    adopt,
    force,
    onProgress,
    adminCidrs: isExisting ? fleet.host.adminCidrs : undefined,
    memory: (observed) => planFor(fleet, observed).hostMemoryBytes,
    ownAcmeCa: site.acmeCaPem !== undefined,
    vet: (observed) => refuseExampleKey(lock, observed),
    prover: { name: PROVER, password: verifyPasswords(lock, verifyKey)(PROVER) },
    bundleFor: (observed) => bundleFor(site, observed),
    connectAgain: () => connect(ssh, signal),
    dnsGate: async () =>
      passDnsGate({
        domain: fleet.broker.domain,
        ...(options.leadsTo ?? { address: await addressOf(ssh.address) }),
        ...(dnsServers && { servers: dnsServers }),
        waitMs: options.dnsWaitMs,
        onProgress,
        signal,
      }),
  };
}

/** Everybody knows the passwords that it makes. */
function refuseExampleKey(lock: Lock, observed: Observed): void {
  if (isExampleKey(lock.keyId) && !observed.rehearsal) {
    throw new Problem(
      "fleet.lock was made with the public key of bednet's examples: everybody knows its passwords",
      "Copy the example's fleet.yaml into a folder of your own and run `bednet lock` there; nothing was changed.",
    );
  }
}

/** With the version that is there, or the one that the distribution is about to install. */
function planFor(fleet: Fleet, { mosquittoVersion, distribution, ipv6 }: Observed): Plan {
  const packaged = imageVersion(distribution.replace(/[ .]/g, "-"));
  const version = mosquittoVersion ?? packaged;
  return planFleet(fleet, { ipv6, ...(version !== undefined && { mosquittoVersion: dialectOf(version).version }) });
}

export function bundleFor({ fleet, lock, acmeCaPem }: Site, observed: Observed): Bundle {
  const plan = planFor(fleet, observed);
  const { mosquittoVersion } = plan;
  const facts = {
    mosquittoVersion,
    ipv6: observed.ipv6,
    memoryBytes: observed.memoryBytes,
    sshPort: observed.ssh.port,
    firewall: fleet.host.provider === "existing" ? ("guard-ssh" as const) : ("cloud" as const),
    ports: { tls: 8883, loopback: 1883, acme: 80 },
    paths: debianPaths,
    user: "mosquitto",
    group: "mosquitto",
  };
  return makeBundle({ fleet, plan, lock, facts, ...(acmeCaPem !== undefined && { acmeCaPem }) });
}

async function addressOf(name: string): Promise<string> {
  if (isIP(name) !== 0) return name;
  return (await lookup(name)).address;
}
