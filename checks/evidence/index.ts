// Everything a check may ask for. One file in this folder gathers each entry, at most once per run.
import type { VerifyTarget } from "../target.ts";
import type { Slot } from "../wire/slot.ts";
import { type Anonymous, gatherAnonymous } from "./anonymous.ts";
import { type Certificate, gatherCertificate } from "./certificate.ts";
import { type Connections, gatherConnections } from "./connections.ts";
import { type Expected, gatherExpected } from "./expected.ts";
import { gatherIsolation, type Isolation } from "./isolation.ts";
import { gatherPassword, type Password } from "./password.ts";
import { gatherPorts, type Ports } from "./ports.ts";
import { gatherProbe, type Probe } from "./probe.ts";
import { gatherPublishing, type Publishing } from "./publishing.ts";
import { gatherSubscribing, type Subscribing } from "./subscribing.ts";
import { gatherSys, type Sys } from "./sys.ts";
import { gatherTakeover, type Takeover } from "./takeover.ts";
import { gatherTlsVersions, type TlsVersions } from "./tls-versions.ts";

export interface Evidence {
  readonly expected: Expected;
  readonly ports: Ports;
  readonly tlsVersions: TlsVersions;
  readonly certificate: Certificate;
  readonly anonymous: Anonymous;
  readonly probe: Probe;
  readonly password: Password;
  readonly publishing: Publishing;
  readonly subscribing: Subscribing;
  readonly isolation: Isolation;
  readonly sys: Sys;
  readonly takeover: Takeover;
  readonly connections: Connections;
}

/** They send no password, so they ask any broker. */
export const openGatherers = {
  expected: gatherExpected,
  ports: gatherPorts,
  tlsVersions: gatherTlsVersions,
  certificate: gatherCertificate,
  anonymous: gatherAnonymous,
} satisfies Partial<{ [K in keyof Evidence]: (target: VerifyTarget, signal: AbortSignal) => Promise<Evidence[K]> }>;

/** They log in with probes, over chains that were verified. */
export const probeGatherers = {
  probe: gatherProbe,
  password: gatherPassword,
  publishing: gatherPublishing,
  subscribing: gatherSubscribing,
  isolation: gatherIsolation,
  sys: gatherSys,
  takeover: gatherTakeover,
  connections: gatherConnections,
} satisfies Partial<{ [K in keyof Evidence]: (opening: Promise<Slot>) => Promise<Evidence[K]> }>;
