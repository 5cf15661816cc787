// The complete set of host files and host state for one broker: a pure function of fleet, plan, lock and host facts.
import { createHash } from "node:crypto";
import { formatLock, type Lock } from "../fleet/lock.ts";
import { supportedVersions } from "../fleet/mosquitto-versions.ts";
import { type Plan, planFleet } from "../fleet/plan.ts";
import type { Fleet } from "../fleet/schema.ts";
import { brokerFiles } from "./broker-files.ts";
import { type Certificate, certificateFiles, certificateOf } from "./certificate-files.ts";
import { firewallFiles } from "./firewall-files.ts";
import { debianPaths, type HostFacts } from "./host-facts.ts";
import { type HostFile, type HostFolder, printFile, rootFile } from "./host-file.ts";
import { packages } from "./packages.ts";
import { unitFiles } from "./unit-files.ts";

export type { Certificate } from "./certificate-files.ts";
export type { HostFile, HostFolder } from "./host-file.ts";

export interface Wanted {
  readonly fleet: Fleet;
  readonly plan: Plan;
  readonly lock: Lock;
  readonly facts: HostFacts;
  /** CA of the ACME server's own HTTPS, where it has one that the system does not trust. */
  readonly acmeCaPem?: string;
}

export interface Bundle {
  readonly facts: HostFacts;
  readonly files: readonly HostFile[];
  /** In the order in which they are made. */
  readonly folders: readonly HostFolder[];
  readonly certificate: Certificate;
  readonly packages: readonly string[];
  /** Enabled and running, as the runbook has them. Part of the digest, like the packages. */
  readonly units: readonly string[];
  at(path: string): HostFile;
}

export function makeBundle(wanted: Wanted): Bundle {
  const { lock, facts } = wanted;
  const files = [
    ...brokerFiles(wanted),
    ...unitFiles(wanted),
    ...certificateFiles(wanted),
    ...firewallFiles(wanted),
    rootFile({
      path: "/etc/apt/apt.conf.d/52bednet-unattended-upgrades",
      content: printFile("52bednet-unattended-upgrades.hbs", {}),
    }),
    rootFile({ path: "/etc/apt/apt.conf.d/20auto-upgrades", content: printFile("20auto-upgrades.hbs", {}) }),
    rootFile({ path: "/etc/bednet/fleet.lock", content: formatLock(lock), mode: "0600", secret: true }),
  ];
  return {
    facts,
    files,
    folders: [
      { path: facts.paths.broker, owner: "root", group: facts.group, mode: "0750" },
      { path: `${facts.paths.broker}/tls`, owner: "root", group: facts.group, mode: "0750" },
    ],
    certificate: certificateOf(wanted.fleet, facts),
    packages,
    units: ["mosquitto.service", "bednet-firewall.service", "certbot.timer", "apt-daily-upgrade.timer"],
    at(path) {
      const file = files.find((candidate) => candidate.path === path);
      if (file === undefined) throw new Error(`the bundle holds no ${path}`);
      return file;
    },
  };
}

/** What Terraform triggers on: known without a host, and changed exactly when something on some host would change. */
export function rolloutDigest(fleet: Fleet, lock: Lock, acmeCaPem?: string): string {
  const hash = createHash("sha256");
  for (const version of supportedVersions) {
    const plan = planFleet(fleet, { mosquittoVersion: version });
    const facts = factsWithoutHost(fleet, plan);
    const {
      at,
      facts: _,
      ...bundle
    } = makeBundle({ fleet, plan, lock, facts, ...(acmeCaPem !== undefined && { acmeCaPem }) });
    hash.update(JSON.stringify([version, bundle]));
  }
  return hash.digest("hex");
}

/** A host of the distribution's making, as large as need be, that nobody has looked at. */
export function factsWithoutHost(fleet: Fleet, plan: Plan): HostFacts {
  return {
    mosquittoVersion: plan.mosquittoVersion,
    ipv6: true,
    memoryBytes: Number.MAX_SAFE_INTEGER,
    sshPort: fleet.host.provider === "existing" ? fleet.host.port : 22,
    firewall: fleet.host.provider === "existing" ? "guard-ssh" : "cloud",
    ports: { tls: 8883, loopback: 1883, acme: 80 },
    paths: debianPaths,
    user: "mosquitto",
    group: "mosquitto",
  };
}
