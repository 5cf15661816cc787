// Whether a chain leads to a trusted root when dates do not count: OpenSSL reports a date first, and then nothing else.
import type { X509Certificate } from "node:crypto";

/** Leaf to root, or undefined. Judges signatures and who may sign; a chain without a wrong date is OpenSSL's to judge. */
export function findPath(
  leaf: X509Certificate,
  between: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): X509Certificate[] | undefined {
  if (roots.some((root) => root.fingerprint256 === leaf.fingerprint256)) return [leaf];
  for (const issuer of [...roots, ...between]) {
    if (!isIssuedBy(leaf, issuer)) continue;
    const rest = between.filter((one) => one.fingerprint256 !== issuer.fingerprint256);
    const path = findPath(issuer, rest, roots);
    if (path !== undefined) return [leaf, ...path];
  }
  return undefined;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
