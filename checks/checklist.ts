// The production checklist, in the order an operator should read it.
import anonymousAccess from "./anonymous-access.ts";
import certificateExpiry from "./certificate-expiry.ts";
import certificateName from "./certificate-name.ts";
import certificateTrust from "./certificate-trust.ts";
import type { Check } from "./check.ts";
import classIsolation from "./class-isolation.ts";
import clientIdTakeover from "./client-id-takeover.ts";
import connectionHeadroom from "./connection-headroom.ts";
import plainPort from "./plain-port.ts";
import privateBroker from "./private-broker.ts";
import publishDenied from "./publish-denied.ts";
import subscribeDenied from "./subscribe-denied.ts";
import sysHidden from "./sys-hidden.ts";
import tlsVersion from "./tls-version.ts";
import wrongPassword from "./wrong-password.ts";

export const checklist: readonly Check[] = [
  privateBroker,
  plainPort,
  tlsVersion,
  certificateTrust,
  certificateName,
  certificateExpiry,
  anonymousAccess,
  wrongPassword,
  publishDenied,
  subscribeDenied,
  classIsolation,
  sysHidden,
  clientIdTakeover,
  connectionHeadroom,
];
