// Opens connections to the broker: TCP, and TLS that asks for the domain whatever the address.
import { lookup } from "node:dns/promises";
import net from "node:net";
import tls from "node:tls";
import type { VerifyTarget } from "../target.ts";
import { messageOf, STEP_MS, within } from "./deadline.ts";

/** How a TCP port answers. */
export type Answer = "accepted" | "refused" | "timed out" | "unreachable";

type Place = Pick<VerifyTarget, "domain" | "address" | "port" | "trust">;

/** Every address of the broker, IPv4 and IPv6. */
export async function addressesOf({ domain, address }: Place, signal: AbortSignal): Promise<string[]> {
  if (address !== undefined && net.isIP(address) !== 0) return [address];
  const host = address ?? domain;
  const found = await within(lookup(host, { all: true }), STEP_MS, `an address of ${host}`, signal).catch((error) => {
    throw new Error(`${host} does not resolve (${(error as NodeJS.ErrnoException).code ?? messageOf(error)})`);
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
    socket.destroy();
    throw new Error(inWords(error, target), { cause: error });
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

function inWords(error: unknown, { domain, address, port }: Place): string {
  const host = address ?? domain;
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${host} does not resolve`;
    case "ECONNREFUSED":
      return `${host} refuses connections to port ${port}`;
    case "ECONNRESET":
    case "EPIPE":
      return `${host} closed the connection in mid-handshake; a broker at its connection limit does that`;
    case "ENETUNREACH":
    case "EHOSTUNREACH":
      return `there is no way from here to ${host}`;
    default:
      return messageOf(error);
  }
}
