// DigitalOcean's API: questions are asked again when it stumbles, commands never, and what it refuses says what to do.
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../../fleet/problem.ts";
import { Secret } from "../../fleet/secret.ts";
import { ApiRefusal, parsed, refusal, silence } from "./refusal.ts";

export { ApiRefusal, orNone } from "./refusal.ts";

export interface DigitalOceanApi {
  readonly url: string;
  /** `path` begins with /v2/. Asked again on 429, 5xx and silence. */
  get<T>(path: string): Promise<T>;
  /** Sent once: after an error nobody knows whether it took effect, so the caller looks. */
  post<T>(path: string, body: object): Promise<T>;
  put<T>(path: string, body: object): Promise<T>;
  delete(path: string): Promise<void>;
  /** Every page of a list; `key` names it in the answer. */
  all<T>(path: string, key: string): Promise<T[]>;
}

export interface ApiOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** How long one request may take. */
  readonly deadlineMs?: number;
  /** Before the second try; each further one waits twice as long. */
  readonly pauseMs?: number;
}

const OFFICIAL = "https://api.digitalocean.com";
const DEADLINE_MS = 20_000;
const PAUSE_MS = 1_000;
const TRIES = 5;
/** A burst limit is over after a minute; the hourly one is not worth waiting for. */
const LONGEST_PAUSE_MS = 60_000;
const PER_PAGE = 200;

export function openApi({ env, signal, deadlineMs = DEADLINE_MS, pauseMs = PAUSE_MS }: ApiOptions): DigitalOceanApi {
  if (!env.DIGITALOCEAN_TOKEN) {
    throw new Problem(
      "DIGITALOCEAN_TOKEN is not set",
      "Make a token at https://cloud.digitalocean.com/account/api/tokens and put it into the environment; nothing was changed.",
    );
  }
  const token = new Secret(env.DIGITALOCEAN_TOKEN.trim());
  const url = (env.DIGITALOCEAN_API_URL ?? OFFICIAL).replace(/\/+$/, "");

  async function once<T>(method: string, path: string, body?: object): Promise<T> {
    const late = AbortSignal.timeout(deadlineMs);
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token.reveal()}`, "content-type": "application/json" },
      signal: signal ? AbortSignal.any([signal, late]) : late,
      redirect: "error",
      ...(body && { body: JSON.stringify(body) }),
    }).catch((error: Error) => {
      signal?.throwIfAborted();
      throw silence(url, `${method} ${path}`, error, deadlineMs);
    });
    const text = await answer.text().catch(() => "");
    if (answer.ok) return (text === "" ? undefined : parsed(url, `${method} ${path}`, text)) as T;
    const waitSeconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
    throw Object.assign(refusal(answer.status, `${method} ${path}`, text), {
      ...(waitSeconds >= 0 && { waitMs: waitSeconds * 1000 }),
    });
  }

  async function get<T>(path: string): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await once<T>("GET", path);
      } catch (error) {
        const { waitMs = pauseMs * 2 ** (tries - 1) } = error as { waitMs?: number };
        if (!mayPass(error) || tries === TRIES || waitMs > LONGEST_PAUSE_MS) throw error;
        await sleep(waitMs, undefined, { signal });
      }
    }
  }

  return {
    url,
    get,
    post: (path, body) => once("POST", path, body),
    put: (path, body) => once("PUT", path, body),
    delete: (path) => once("DELETE", path),
    async all<T>(path: string, key: string) {
      const found: T[] = [];
      for (let page = 1; ; page++) {
        const query = `${path.includes("?") ? "&" : "?"}page=${page}&per_page=${PER_PAGE}`;
        const answer = await get<Record<string, T[]> & { links?: { pages?: { next?: string } } }>(`${path}${query}`);
        found.push(...(answer[key] ?? []));
        if (!answer.links?.pages?.next) return found;
      }
    },
  };
}

/** What may be over at the next try. Silence has no status. */
function mayPass(error: unknown): boolean {
  return error instanceof ApiRefusal && (error.status === 0 || error.status === 429 || error.status >= 500);
}
