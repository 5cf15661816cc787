// Which versions of TLS the broker speaks, each asked for alone.
import type { SecureVersion } from "node:tls";
import type { VerifyTarget } from "../target.ts";
import { messageOf, TooLate } from "../wire/deadline.ts";
import { codeOf, handshake, Unreached } from "../wire/dial.ts";

/** `alert`: the broker's own word. Anything else that goes wrong may have gone wrong here. */
export type TlsAnswer =
  | { readonly answer: "accepted" }
  | { readonly answer: "refused"; readonly alert: string }
  | { readonly answer: "unclear"; readonly because: string; readonly isSilence: boolean };

export type TlsVersions = Readonly<Record<(typeof versions)[number], TlsAnswer>>;

const versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const satisfies SecureVersion[];
/** Otherwise node would refuse old versions by itself, and every broker would pass. */
const EVERYTHING = "DEFAULT:@SECLEVEL=0";
/** OpenSSL's names for alerts that came from the other side. */
const ALERT = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS|TLS)_ALERT_(.+)$/;

/** Rejects when the broker is not reached at all. */
export async function gatherTlsVersions(target: VerifyTarget, signal: AbortSignal): Promise<TlsVersions> {
  const answers: Partial<Record<keyof TlsVersions, TlsAnswer>> = {};
  let silence: TlsAnswer | undefined;
  // One after the other: each takes a connection that a device may be waiting for. Whoever is silent once is not asked again.
  for (const version of versions) {
    const answer: TlsAnswer = silence ?? (await ask(target, version, signal));
    if (answer.answer === "unclear" && answer.isSilence) silence = answer;
    answers[version] = answer;
  }
  return answers as TlsVersions;
}

async function ask(target: VerifyTarget, version: SecureVersion, signal: AbortSignal): Promise<TlsAnswer> {
  const only = { minVersion: version, maxVersion: version, ciphers: EVERYTHING, rejectUnauthorized: false };
  try {
    const socket = await handshake(target, signal, only);
    socket.destroy();
    return { answer: "accepted" };
  } catch (error) {
    // A later one may have met a limit on new connections; what was learnt before it still counts.
    if (error instanceof Unreached && version === versions[0]) throw error;
    const alert = ALERT.exec(codeOf(error) ?? "")?.[1];
    if (alert !== undefined) return { answer: "refused", alert: alert.toLowerCase().replaceAll("_", " ") };
    const isSilence = error instanceof Error && error.cause instanceof TooLate;
    return { answer: "unclear", because: messageOf(error), isSilence };
  }
}
