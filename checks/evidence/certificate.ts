// The chain the broker presents, and what is right and wrong about it, each on its own.

import { X509Certificate } from "node:crypto";
import tls from "node:tls";
import type { VerifyTarget } from "../target.ts";
import { handshake } from "../wire/dial.ts";
import { findPath } from "../wire/trust-path.ts";

export interface Certificate {
  readonly domain: string;
  /** Names of the leaf; its subject is not one of them. */
  readonly names: readonly string[];
  readonly carriesDomain: boolean;
  readonly issuer: string;
  readonly serial: string;
  /** ISO 8601, of the leaf. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** When this machine's clock says it was seen. */
  readonly seenAt: string;
  /** Whether it leads to a root that is trusted, whatever the dates and names. */
  readonly trust: { readonly isTrusted: true } | { readonly isTrusted: false; readonly because: string };
  /** Certificates above the leaf that are out of date and in the way. */
  readonly outdated: readonly string[];
}

/** What OpenSSL says when nothing but a date is wrong; it says so too when more is wrong. */
const DATE_ERRORS = ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"];

export async function gatherCertificate(target: VerifyTarget, signal: AbortSignal): Promise<Certificate> {
  const lenient = { rejectUnauthorized: false, checkServerIdentity: () => undefined };
  const socket = await handshake(target, signal, lenient);
  const chain = presentedBy(socket);
  const error = socket.authorized ? undefined : String(socket.authorizationError);
  socket.destroy();
  const [leaf, ...above] = chain;
  if (leaf === undefined) throw new Error("the broker presented no certificate");

  const isDate = error !== undefined && DATE_ERRORS.includes(error);
  const path = isDate ? findPath(leaf, above, rootsOf(target)) : undefined;
  const isTrusted = error === undefined || path !== undefined;
  const now = new Date();
  const isOutdated = (one: X509Certificate): boolean => new Date(one.validTo) < now || new Date(one.validFrom) > now;
  return {
    domain: target.domain,
    names: (leaf.subjectAltName ?? "").split(", ").filter((name) => name !== ""),
    carriesDomain: leaf.checkHost(target.domain, { subject: "never" }) !== undefined,
    issuer: leaf.issuer.replaceAll("\n", ", "),
    serial: leaf.serialNumber,
    notBefore: new Date(leaf.validFrom).toISOString(),
    notAfter: new Date(leaf.validTo).toISOString(),
    seenAt: now.toISOString(),
    trust: isTrusted ? { isTrusted } : { isTrusted, because: isDate ? "no root that is trusted issued it" : error },
    outdated: (path ?? []).filter((one) => one !== leaf && isOutdated(one)).map((one) => one.subject),
  };
}

/** Leaf first. */
function presentedBy(socket: tls.TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let one: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (one?.raw !== undefined) {
    const certificate = new X509Certificate(one.raw);
    if (chain.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) break;
    chain.push(certificate);
    one = one.issuerCertificate;
  }
  return chain;
}

function rootsOf({ trust }: VerifyTarget): X509Certificate[] {
  const pems =
    trust === "system"
      ? tls.rootCertificates
      : (trust.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []);
  return pems.map((pem) => new X509Certificate(pem));
}
