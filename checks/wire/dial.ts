// Opens connections to the broker: TCP, and TLS that asks for the domain whatever the address.
import { lookup } from "node:dns/promises";
import net from "node:net";
import tls from "node:tls";
import type { VerifyTarget } from "../target.ts";
import { messageOf, STEP_MS, TooLate, within } from "./deadline.ts";

/** How a TCP port answers. */
export type Answer = "accepted" | "refused" | "timed out" | "unreachable";

/** Nothing was reached, so nothing was learnt and nothing sent: one cause for whatever needs a connection. */
export class Unreached extends Error {
  override name = "Unreached";
}

const byClarity: readonly Answer[] = ["accepted", "refused", "timed out", "unreachable"];
/** What several addresses of one broker answered, as one. */
export const clearest = <T extends Answer>(answers: readonly T[]): T | undefined =>
  answers.toSorted((a, b) => byClarity.indexOf(a) - byClarity.indexOf(b))[0];

export function unreachedInWords(answer: Exclude<Answer, "accepted">, host: string, port: number): string {
  if (answer === "refused") return `${host} refuses connections to port ${port}`;
  return answer === "timed out" ? `${host} does not answer on port ${port}` : `there is no way from here to ${host}`;
}

type Place = Pick<VerifyTarget, "domain" | "address" | "port" | "trust">;

/** Every address of the broker, IPv4 and IPv6. */
export async function addressesOf({ domain, address }: Place, signal: AbortSignal): Promise<string[]> {
  if (address !== undefined && net.isIP(address) !== 0) return [address];
  const host = address ?? domain;
  const found = await within(lookup(host, { all: true }), STEP_MS, `an address of ${host}`, signal).catch((error) => {
    throw isUnresolved(error) ? unresolved(host, error) : error;
  });
  return found.map((one) => one.address);
}

export function tcp(address: string, port: number, ms: number, signal: AbortSignal): Promise<Answer> {
  const socket = net.connect({ host: address, port });
  const answer = new Promise<Answer>((resolve) => {
    socket.once("connect", () => resolve("accepted"));
    socket.once("error", ({ code }: NodeJS.ErrnoException) =>
      resolve(code === "ECONNREFUSED" || code === "ECONNRESET" ? "refused" : "unreachable"),
    );
    setTimeout(() => resolve("timed out"), ms).unref();
  });
  return within(answer, ms + 1_000, `an answer from port ${port}`, signal).finally(() => socket.destroy());
}

/** A handshake that node judges by default: chain, dates and name. Rejects with what went wrong, in words. */
export async function handshake(
  target: Place,
  signal: AbortSignal,
  options: tls.ConnectionOptions = {},
): Promise<tls.TLSSocket> {
  const socket = tls.connect({
    host: target.address ?? target.domain,
    port: target.port,
    servername: target.domain,
    ...("ciphers" in options ? {} : { secureContext: contextOf(target) }),
    ...options,
  });
  socket.setNoDelay(true);
  const secure = new Promise<tls.TLSSocket>((resolve, reject) => {
    socket.once("secureConnect", () => resolve(socket));
    socket.on("error", reject);
    socket.once("close", () => reject(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
  });
  signal.addEventListener("abort", () => socket.destroy(), { once: true });
  try {
    return await within(secure, STEP_MS, `a TLS handshake with port ${target.port}`, signal);
  } catch (error) {
    const { connecting } = socket;
    socket.destroy();
    throw explained(error, target, connecting);
  }
}

/** Reading the roots takes longer than a handshake, so it happens once per target. */
const contexts = new WeakMap<Place, tls.SecureContext>();
function contextOf(target: Place): tls.SecureContext {
  const known = contexts.get(target);
  if (known !== undefined) return known;
  const context = tls.createSecureContext(target.trust === "system" ? {} : { ca: target.trust });
  contexts.set(target, context);
  return context;
}

/** The code of what made a handshake fail. */
export function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return (cause as NodeJS.ErrnoException).code;
}

function explained(error: unknown, { domain, address, port }: Place, isConnecting: boolean): Error {
  const host = address ?? domain;
  if (isUnresolved(error)) return unresolved(host, error);
  const all = error instanceof AggregateError ? error.errors : [error];
  const answers = isConnecting && error instanceof TooLate ? (["timed out"] as const) : all.flatMap(answerOf);
  const answer = clearest(answers);
  if (answer !== undefined) return new Unreached(unreachedInWords(answer, host, port), { cause: error });
  const isCut = ["ECONNRESET", "EPIPE"].includes(String((error as NodeJS.ErrnoException).code));
  const cut = `${host} closed the connection in mid-handshake; a broker at its connection limit does that`;
  return new Error(isCut ? cut : messageOf(error), { cause: error });
}

const answersByCode = {
  ECONNREFUSED: "refused",
  ETIMEDOUT: "timed out",
  ENETUNREACH: "unreachable",
  EHOSTUNREACH: "unreachable",
} as const;

function answerOf(error: unknown) {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return code in answersByCode ? [answersByCode[code as keyof typeof answersByCode]] : [];
}

const isUnresolved = (error: unknown): boolean =>
  ["ENOTFOUND", "EAI_AGAIN"].includes(String((error as NodeJS.ErrnoException).code));
const unresolved = (host: string, cause: unknown): Unreached => new Unreached(`${host} does not resolve`, { cause });
