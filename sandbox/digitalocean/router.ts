// Finds who answers a request. What nobody answers is noted: the stand-in must not look complete where it is not.
import { accountRoutes } from "./account.ts";
import { actionRoutes } from "./actions.ts";
import { catalogRoutes } from "./catalog.ts";
import type { Cloud } from "./cloud.ts";
import { domainRoutes } from "./domains.ts";
import { dropletActionRoutes } from "./droplet-actions.ts";
import { dropletRoutes } from "./droplets.ts";
import { firewallRoutes } from "./firewalls.ts";
import { keyRoutes } from "./keys.ts";
import { monitoringRoutes } from "./monitoring.ts";
import { projectRoutes } from "./projects.ts";
import { reservedIpRoutes } from "./reserved-ips.ts";
import { reservedIpv6Routes } from "./reserved-ipv6.ts";
import { type Answer, type Call, type Handler, notFound, Refusal } from "./route.ts";
import { tagRoutes } from "./tags.ts";
import { uptimeRoutes } from "./uptime.ts";

export interface Request {
  readonly method: string;
  /** With the query: `/v2/droplets?tag_name=x`. */
  readonly url: string;
  readonly body: Call["body"];
}

const all: Readonly<Record<string, Handler>> = {
  ...{ ...accountRoutes, ...actionRoutes, ...catalogRoutes, ...domainRoutes, ...dropletRoutes, ...firewallRoutes },
  ...{ ...dropletActionRoutes, ...keyRoutes, ...monitoringRoutes, ...projectRoutes, ...reservedIpRoutes },
  ...{ ...reservedIpv6Routes, ...tagRoutes, ...uptimeRoutes },
};

const table = Object.entries(all).map(([route, handler]) => {
  const [method = "", path = ""] = route.split(" ");
  return { method, parts: path.split("/"), handler };
});

/** Every request gets an answer; only a mistake of ours throws. */
export async function answer(cloud: Cloud, request: Request): Promise<Answer> {
  try {
    return await handle(cloud, request);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error);
  }
}

export const refused = ({ status, id, message }: Refusal): Answer => ({ status, body: { id, message } });

async function handle(cloud: Cloud, { method, url, body }: Request): Promise<Answer> {
  const { pathname, searchParams: query } = new URL(url, "http://stand-in");
  const parts = pathname.split("/").map(decodeURIComponent);
  for (const route of table) {
    const params = route.method === method ? paramsOf(route.parts, parts) : undefined;
    if (params) return route.handler(cloud, { params, query, body });
  }
  cloud.gap(`${method} ${pathname}`);
  throw notFound();
}

function paramsOf(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, piece] of pattern.entries()) {
    const part = parts[at]!;
    if (piece.startsWith(":") && part !== "") params[piece.slice(1)] = part;
    else if (piece !== part) return undefined;
  }
  return params;
}
