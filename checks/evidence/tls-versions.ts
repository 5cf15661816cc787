// Which versions of TLS the broker speaks, each asked for alone.
import type { SecureVersion } from "node:tls";
import type { VerifyTarget } from "../target.ts";
import { messageOf } from "../wire/deadline.ts";
import { codeOf, handshake } from "../wire/dial.ts";

/** `alert`: the broker's own word. Anything else that goes wrong may have gone wrong here. */
export type TlsAnswer =
  | { readonly answer: "accepted" }
  | { readonly answer: "refused"; readonly alert: string }
  | { readonly answer: "unclear"; readonly because: string };

export type TlsVersions = Readonly<Record<(typeof versions)[number], TlsAnswer>>;

const versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const satisfies SecureVersion[];
/** Otherwise node would refuse old versions by itself, and every broker would pass. */
const EVERYTHING = "DEFAULT:@SECLEVEL=0";
/** OpenSSL's names for alerts that came from the other side. */
const ALERT = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS|TLS)_ALERT_(.+)$/;

export async function gatherTlsVersions(target: VerifyTarget, signal: AbortSignal): Promise<TlsVersions> {
  const answers: Partial<Record<keyof TlsVersions, TlsAnswer>> = {};
  // One after the other: each takes a connection that a device may be waiting for.
  for (const version of versions) answers[version] = await ask(target, version, signal);
  return answers as TlsVersions;
}

async function ask(target: VerifyTarget, version: SecureVersion, signal: AbortSignal): Promise<TlsAnswer> {
  const only = { minVersion: version, maxVersion: version, ciphers: EVERYTHING, rejectUnauthorized: false };
  try {
    const socket = await handshake(target, signal, only);
    socket.destroy();
    return { answer: "accepted" };
  } catch (error) {
    const alert = ALERT.exec(codeOf(error) ?? "")?.[1];
    if (alert !== undefined) return { answer: "refused", alert: alert.toLowerCase().replaceAll("_", " ") };
    return { answer: "unclear", because: messageOf(error) };
  }
}
