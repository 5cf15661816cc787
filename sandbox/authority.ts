// A certificate authority made for one run and thrown away: good certificates, and every kind of wrong one.
import "reflect-metadata"; // what @peculiar/x509 asks of whoever loads it
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

export type KeyType = "ecdsa" | "rsa";

export interface IssueOptions {
  /** DNS names and addresses; the first is the subject too. */
  readonly names: readonly string[];
  /** Default: five minutes ago, against a clock that runs behind. */
  readonly notBefore?: Date;
  /** Default: 90 days after `notBefore`. */
  readonly notAfter?: Date;
  readonly keyType?: KeyType;
  /** Default: serverAuth. */
  readonly usages?: readonly (keyof typeof purposes)[];
}

export interface Issued {
  /** The leaf alone: certbot's cert.pem. */
  readonly certificatePem: string;
  /** The intermediates between leaf and root, empty if there are none: certbot's chain.pem. */
  readonly chainPem: string;
  /** Leaf and intermediates: certbot's fullchain.pem. */
  readonly fullchainPem: string;
  /** PKCS #8. */
  readonly privateKeyPem: string;
  /** Hexadecimal, lower case. */
  readonly serialNumber: string;
}

export interface Authority {
  /** What a client must trust. */
  readonly rootPem: string;
  issue(options: IssueOptions): Promise<Issued>;
  /** An authority of its own under this one. */
  intermediate(name: string): Promise<Authority>;
}

interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

const { subtle } = webcrypto;
const dayMs = 24 * 3600 * 1000;
const purposes = {
  serverAuth: x509.ExtendedKeyUsage.serverAuth,
  clientAuth: x509.ExtendedKeyUsage.clientAuth,
} as const;
const algorithms = {
  ecdsa: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  rsa: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 },
} as const satisfies Record<KeyType, object>;

x509.cryptoProvider.set(webcrypto as Crypto);

export async function makeAuthority(options: { name?: string; keyType?: KeyType } = {}): Promise<Authority> {
  const { name = "bednet rehearsal root", keyType = "ecdsa" } = options;
  const keys = await makeKeys(keyType);
  const certificate = await sign(keys.publicKey, { name: `CN=${name}`, keys }, { name: `CN=${name}`, ca: true });
  return authority(certificate.toString("pem"), { certificate, keys }, keyType, "");
}

function authority(rootPem: string, own: Signer, ownKeyType: KeyType, chainPem: string): Authority {
  const signer = { name: own.certificate.subject, keys: own.keys };
  return {
    rootPem: withNewline(rootPem),
    issue: async ({ names, keyType = "ecdsa", usages = ["serverAuth"], notBefore, notAfter }) => {
      const keys = await makeKeys(keyType);
      const certificate = await sign(keys.publicKey, signer, {
        name: `CN=${names[0]}`,
        ca: false,
        names,
        usages,
        notBefore,
        notAfter,
      });
      const certificatePem = withNewline(certificate.toString("pem"));
      const pkcs8 = await subtle.exportKey("pkcs8", keys.privateKey);
      return {
        certificatePem,
        chainPem,
        fullchainPem: certificatePem + chainPem,
        privateKeyPem: withNewline(x509.PemConverter.encode(pkcs8, "PRIVATE KEY")),
        serialNumber: certificate.serialNumber,
      };
    },
    intermediate: async (name) => {
      const keys = await makeKeys(ownKeyType);
      const certificate = await sign(keys.publicKey, signer, { name: `CN=${name}`, ca: true });
      return authority(rootPem, { certificate, keys }, ownKeyType, withNewline(certificate.toString("pem")) + chainPem);
    },
  };
}

interface Subject {
  readonly name: string;
  readonly ca: boolean;
  readonly names?: readonly string[];
  readonly usages?: readonly (keyof typeof purposes)[];
  readonly notBefore?: Date | undefined;
  readonly notAfter?: Date | undefined;
}

async function sign(
  publicKey: webcrypto.CryptoKey,
  issuer: { name: string; keys: webcrypto.CryptoKeyPair },
  subject: Subject,
): Promise<x509.X509Certificate> {
  const { ca, names = [], usages = [] } = subject;
  const notBefore = subject.notBefore ?? new Date(Date.now() - 300_000);
  const { keyCertSign, cRLSign, digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  const eku = usages.map((usage) => purposes[usage]);
  return x509.X509CertificateGenerator.create({
    subject: subject.name,
    issuer: issuer.name,
    notBefore,
    notAfter: subject.notAfter ?? new Date(notBefore.getTime() + (ca ? 3650 : 90) * dayMs),
    publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: { ...issuer.keys.privateKey.algorithm, hash: "SHA-256" },
    extensions: [
      new x509.BasicConstraintsExtension(ca, undefined, true),
      new x509.KeyUsagesExtension(ca ? keyCertSign | cRLSign : digitalSignature | keyEncipherment, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey),
      ...(eku.length > 0 ? [new x509.ExtendedKeyUsageExtension(eku)] : []),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names.map(generalName))] : []),
    ],
  });
}

const generalName = (value: string): { type: "ip" | "dns"; value: string } => ({
  type: isIP(value) ? "ip" : "dns",
  value,
});
const makeKeys = (type: KeyType): Promise<webcrypto.CryptoKeyPair> =>
  subtle.generateKey(algorithms[type], true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>;
const withNewline = (pem: string): string => (pem.endsWith("\n") ? pem : `${pem}\n`);
