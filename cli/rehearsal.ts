// The whole rollout on a throw-away host: boot, certificate authority, converge, verify, and everything gone again.
import { readFile } from "node:fs/promises";
import type { Report } from "../checks/report.ts";
import type { FleetKey } from "../fleet/credentials.ts";
import { type Lock, updateLock } from "../fleet/lock.ts";
import type { Fleet } from "../fleet/schema.ts";
import { type Converged, converge } from "../provisioning/converge.ts";
import type { Fingerprint } from "../remote/host-key.ts";
import { connect } from "../remote/ssh.ts";
import { type Acme, startAcme } from "../sandbox/acme.ts";
import type { Release } from "../sandbox/debian.ts";
import { bootGuest, type Guest } from "../sandbox/guest.ts";
import type { Phase } from "./phases.ts";
import { rollout } from "./rollout.ts";
import type { Site } from "./site.ts";
import { verifySite } from "./verify-site.ts";

export interface RehearsalOptions {
  readonly release: Release;
  readonly keep: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** Told of each one that is over. */
  readonly phase: Phase;
}

export interface Rehearsed {
  readonly report: Report;
  readonly converged: Converged;
  readonly guest: Guest;
  readonly site: Site;
  /** Knows the fleet's name: for BEDNET_DNS_SERVERS. */
  readonly dnsServer: string;
  /** What could not be removed, in words; empty: nothing is left behind. */
  readonly left: readonly string[];
}

export async function rehearse(
  fleet: Fleet,
  lock: Lock | undefined,
  key: FleetKey,
  options: RehearsalOptions,
): Promise<Rehearsed> {
  const { release, keep, signal, onProgress, phase } = options;
  const guest = await bootGuest({ release, onProgress, signal });
  let acme: Acme | undefined;
  let left: readonly string[] = [];
  let result: Omit<Rehearsed, "left"> | undefined;
  try {
    phase(`a throw-away Debian host at ${guest.address}`);
    acme = await startAcme({ bindAddress: guest.gateway, runFolder: guest.folder, signal });
    await acme.setAddress(fleet.broker.domain, guest.address);
    phase(`an ACME server at ${acme.directoryUrl}`);
    const site = await rehearsalSite(fleet, lock, key, guest, acme);
    const dnsServer = `${acme.dnsServer.address}:${acme.dnsServer.port}`;
    const ssh = await sshTo(guest);
    const host = await connect(ssh, signal);
    const converged = await converge(
      host,
      rollout(site, {
        ssh,
        dnsServers: [dnsServer],
        dnsWaitMs: 0,
        onProgress,
        signal,
      }),
    ).finally(() => host.close());
    phase(`converged: ${converged.changed.length} of ${converged.steps} steps, ${converged.trips} round trips`);
    const report = await verifySite(site, guest.address, { env: {}, signal });
    phase(`verified from outside: ${report.findings.length} checks`);
    if (keep) guest.keep();
    result = { report, converged, guest, site, dnsServer };
  } finally {
    if (!(keep && result)) {
      await acme?.stop();
      left = await guest.stop();
      // Without a result nobody else would say it.
      if (!result) phase([`took ${guest.name} away`, ...left].join("; "));
    }
  }
  return { ...result, left };
}

/** The fleet as it is, on this host and with this authority. The lock is brought up to date in memory only. */
export async function rehearsalSite(
  fleet: Fleet,
  lock: Lock | undefined,
  key: FleetKey,
  guest: Guest,
  acme: Acme,
): Promise<Site> {
  const rehearsed: Fleet = {
    ...fleet,
    broker: { ...fleet.broker, tls: { issuer: "acme", server: acme.directoryUrl, keyType: fleet.broker.tls.keyType } },
    host: {
      provider: "existing",
      address: guest.address,
      user: "root",
      port: guest.sshPort,
      adminCidrs: [`${guest.gateway}/32`],
    },
  };
  return {
    fleet: rehearsed,
    folder: guest.folder,
    lock: updateLock(rehearsed, lock, key).lock,
    verifyKey: key.verifyKey,
    acmeCaPem: acme.serverCaPem,
    trust: await acme.trustPem(),
  };
}

export async function sshTo(guest: Guest, user = "root") {
  const privateKey = await readFile(guest.privateKeyFile, "utf8");
  return {
    address: guest.address,
    port: guest.sshPort,
    user,
    pin: guest.hostKey.fingerprint as Fingerprint,
    login: [{ privateKey }],
  };
}
