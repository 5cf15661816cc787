// A stand-in for DigitalOcean's API on this machine's loopback, for Terraform's real provider and for our own client.
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Account } from "./account.ts";
import { type Cloud, type CloudOptions, makeCloud } from "./cloud.ts";
import { type Fault, hang, makeFaults } from "./faults.ts";
import { makeRateLimit } from "./rate-limit.ts";
import type { Exchange } from "./recording.ts";
import { type Answer, type Call, Refusal } from "./route.ts";
import { answer, refused } from "./router.ts";

export interface DigitalOceanOptions extends CloudOptions {
  readonly faults?: readonly Fault[];
  /** A line per request, as it is answered. */
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface DigitalOcean {
  /** For `DIGITALOCEAN_API_URL`. */
  readonly url: string;
  /** For `DIGITALOCEAN_TOKEN`; of no use anywhere else. */
  readonly token: string;
  /** What is on the account, to look at and to tamper with as somebody at the control panel would. */
  readonly cloud: Cloud;
  readonly account: Account;
  /** Each request with its answer, in the order in which they took effect. */
  readonly recorded: readonly Exchange[];
  addFault(fault: Fault): void;
  /** Ends the server and removes every host; resolves with what could not be removed, in words. */
  close(): Promise<string[]>;
}

export async function startDigitalOcean(options: DigitalOceanOptions): Promise<DigitalOcean> {
  const { log, signal } = options;
  const token = `dop_v1_${randomBytes(32).toString("hex")}`;
  const cloud = makeCloud(options);
  const startedAtMs = cloud.clockMs();
  const faults = makeFaults(options.faults);
  const limit = makeRateLimit(cloud.account.requestsPerHour);
  const recorded: Exchange[] = [];
  const ending = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other, so that the order in which they took effect is known. */
  const inTurn = (method: string, url: string, body: Call["body"]): Promise<Answer> => {
    const mine = turn.then(async () => {
      cloud.nowMs = cloud.clockMs();
      const given = await answer(cloud, { method, url, body });
      recorded.push({ atMs: cloud.nowMs - startedAtMs, method, url, body, status: given.status, answer: given.body });
      return given;
    });
    turn = mine.catch(() => {});
    return mine;
  };

  const respond = async (request: IncomingMessage): Promise<Answer & { headers?: Record<string, string> }> => {
    const { method = "GET", url = "/" } = request;
    const text = await bodyOf(request);
    if (request.headers.authorization !== `Bearer ${token}`)
      throw new Refusal(401, "unauthorized", "Unable to authenticate you");
    if (!limit.take(cloud.clockMs())) throw tooMany();
    const fault = faults.meet(method, url.split("?")[0]!);
    if (fault === "too-many-requests") throw tooMany();
    if (fault === "error-before") throw broken();
    if (fault === "hang-before") await hang(ending.signal);
    const given = await inTurn(method, url, parse(text));
    if (fault === "error-after") throw broken();
    if (fault === "hang-after") await hang(ending.signal);
    return given;
  };

  const server = createServer((request, response) => {
    const { method, url } = request;
    respond(request)
      .catch((error: unknown) => {
        if (error instanceof Refusal) return refused(error);
        cloud.failures.push(`${method} ${url}: ${(error as Error).stack}`);
        return refused(broken());
      })
      .then((given) => {
        log?.(`${method} ${url} ${given.status}`);
        send(response, given, limit.headers(cloud.clockMs()));
      });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  let closed: Promise<string[]> | undefined;
  const close = async (): Promise<string[]> => {
    ending.abort();
    server.close();
    server.closeAllConnections();
    await turn;
    const left = await cloud.hosts.close();
    await cloud.quiet();
    return left;
  };
  const digitalOcean: DigitalOcean = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ token, cloud, account: cloud.account, recorded, addFault: faults.add },
    close: () => (closed ??= close()),
  };
  signal?.addEventListener("abort", () => void digitalOcean.close(), { once: true });
  return digitalOcean;
}

const tooMany = (): Refusal => new Refusal(429, "too_many_requests", "API Rate limit exceeded.");
const broken = (): Refusal => new Refusal(500, "server_error", "Server was unable to give you a response.");

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function parse(text: string): Call["body"] {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Call["body"];
  } catch {}
  throw new Refusal(400, "bad_request", "Request body must be a JSON object");
}

function send(response: ServerResponse, { status, body }: Answer, headers: Record<string, string>): void {
  const retry = status === 429 ? { "retry-after": "1" } : {};
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers, ...retry });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
