// Lists come in pages: 20 entries, or as many as `per_page` asks for, 200 at most.
import { type Answer, type Call, ok, unprocessable } from "./route.ts";

const defaultPerPage = 20;
const mostPerPage = 200;

/** One page of `entries` under `key`, with the links and the total that a client follows. */
export function page(key: string, path: string, entries: readonly object[], { query }: Pick<Call, "query">): Answer {
  const perPage = Math.min(positive(query, "per_page", defaultPerPage), mostPerPage);
  const number = positive(query, "page", 1);
  const last = Math.max(1, Math.ceil(entries.length / perPage));
  const link = (to: number): string => {
    const others = new URLSearchParams(query);
    others.set("page", String(to));
    others.set("per_page", String(perPage));
    return `https://api.digitalocean.com${path}?${others}`;
  };
  const pages = {
    ...(number > 1 ? { first: link(1), prev: link(number - 1) } : {}),
    ...(number < last ? { next: link(number + 1), last: link(last) } : {}),
  };
  return ok({
    [key]: entries.slice((number - 1) * perPage, number * perPage),
    links: Object.keys(pages).length === 0 ? {} : { pages },
    meta: { total: entries.length },
  });
}

function positive(query: URLSearchParams, name: string, otherwise: number): number {
  const value = query.get(name);
  if (value === null) return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(value)) throw unprocessable(`${name} must be a positive number`);
  return Number(value);
}
