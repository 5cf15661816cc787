// How a bare host becomes a broker, read from top to bottom.
import type { Step } from "./step.ts";
import appliedLock from "./steps/applied-lock.ts";
import broker from "./steps/broker.ts";
import certificate from "./steps/certificate.ts";
import firewall from "./steps/firewall.ts";
import packages from "./steps/packages.ts";
import securityUpgrades from "./steps/security-upgrades.ts";

export const runbook: readonly Step[] = [packages, securityUpgrades, firewall, certificate, appliedLock, broker];

/** As far as a host comes to which the domain does not lead yet, and which inherited no certificate. */
export const withoutCertificate: readonly Step[] = runbook.slice(0, runbook.indexOf(certificate));

/** What a host that is about to be replaced must still follow: who may log in, and what its successor takes over. */
export const beforeReplaced: readonly Step[] = runbook.slice(runbook.indexOf(certificate));
