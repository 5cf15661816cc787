// Objects in a Space, as S3 speaks it: enough to find out whether it keeps two writers apart. AWS signature version 4.
import { createHash, createHmac } from "node:crypto";
import { Problem } from "../../fleet/problem.ts";
import type { Secret } from "../../fleet/secret.ts";

export interface Space {
  /** `https://fra1.digitaloceanspaces.com` */
  readonly endpoint: string;
  readonly bucket: string;
  /** In the signature; Spaces takes us-east-1 everywhere. */
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: Secret;
}

export interface Request {
  readonly method: "PUT" | "DELETE" | "GET";
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const DEADLINE_MS = 15_000;

/** The status is the answer; what makes no answer at all is a Problem. */
export async function ask(space: Space, request: Request, signal?: AbortSignal): Promise<number> {
  const late = AbortSignal.timeout(DEADLINE_MS);
  const url = new URL(`${space.endpoint}${pathOf(space, request)}`);
  const { host: _, ...headers } = signed(space, request, url, new Date()); // fetch says it itself
  const answer = await fetch(url, {
    ...{ method: request.method, headers, redirect: "manual" },
    ...(request.body !== undefined && { body: request.body }),
    signal: signal ? AbortSignal.any([signal, late]) : late,
  }).catch((error: Error) => {
    signal?.throwIfAborted();
    throw new Problem(
      `${space.endpoint} does not answer: ${(error.cause as Error | undefined)?.message ?? error.message}`,
      "Check state.region in fleet.yaml and the network, then run the command again.",
      { exitCode: 2 },
    );
  });
  await answer.body?.cancel();
  return answer.status;
}

const pathOf = ({ bucket }: Space, { key }: Request): string =>
  `/${[bucket, ...key.split("/")].map(escaped).join("/")}`;
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

export function signed(space: Space, request: Request, url: URL, now: Date): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const payload = sha256(request.body ?? "");
  const headers: Record<string, string> = {
    ...request.headers,
    host: url.host,
    "x-amz-content-sha256": payload,
    "x-amz-date": time,
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = [request.method, url.pathname, "", lines, names.join(";"), payload].join("\n");
  const scope = `${day}/${space.region}/s3/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = [day, space.region, "s3", "aws4_request"].reduce<Buffer | string>(
    hmac,
    `AWS4${space.secretKey.reveal()}`,
  );
  const signature = hmac(key, toSign).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${space.accessKey}/${scope},SignedHeaders=${names.join(";")},Signature=${signature}`;
  return { ...headers, authorization };
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();
