// Every way in which a deploy or a destroy can be disturbed, taken from what an undisturbed one did.
import type { Fault } from "../../../../sandbox/digitalocean/faults.ts";
import type { Exchange } from "../../../../sandbox/digitalocean/recording.ts";
import type { Command } from "./rig.ts";

export interface Case {
  readonly command: Command;
  readonly name: string;
  /** Each is met from its nth call on. */
  readonly faults: readonly Fault[];
  readonly signal?: { readonly name: "SIGINT" | "SIGTERM" | "SIGKILL"; readonly at: string };
}

export interface Undisturbed {
  readonly exchanges: readonly Exchange[];
  readonly text: string;
}

export const ALWAYS = 1e9;

/** `GET /v2/droplets/*`: numbers, UUIDs and addresses differ from run to run. */
export function patternOf({ method, url }: Pick<Exchange, "method" | "url">): string {
  const parts = decodeURIComponent(url.split("?")[0]!).split("/");
  const isOwn = (part: string): boolean => /^\d+$|^[0-9a-f]{8}-[0-9a-f-]{27}$|^[\d.]+\.[\d.]+$|:/.test(part);
  return `${method} ${parts.map((part) => (isOwn(part) ? "*" : part)).join("/")}`;
}

export function casesOf(command: Command, { exchanges, text }: Undisturbed): Case[] {
  const begun = exchanges.findIndex(({ method }) => method !== "GET");
  const before = counted(exchanges.slice(0, begun));
  const during = counted(exchanges.slice(begun));
  const patterns = [...new Set([...before.keys(), ...during.keys()])];
  const one = (call: string, nth: number, when: string, kind: Fault["kind"], times: number): Case => ({
    command,
    name: `${call}${when}: ${kind} ${times === 1 ? "once" : "always"}`,
    faults: [{ call, nth, kind, times }],
  });
  const everyCall = (kind: Fault["kind"]): Case => ({
    command,
    name: `every call: ${kind} once`,
    faults: patterns.map((call) => ({ call, nth: 1, kind })),
  });
  const asked = (call: string, nth: number, when: string): Case[] => [
    one(call, nth, when, "error-before", ALWAYS),
    one(call, nth, when, "hang-before", ALWAYS),
  ];
  return [
    everyCall("too-many-requests"),
    everyCall("error-before"),
    ...patterns.flatMap((call) => {
      if (call.startsWith("GET ")) {
        const [early = 0, late = 0] = [before.get(call), during.get(call)];
        return [
          ...(early > 0 ? asked(call, 1, " before it") : []),
          ...(late > 0 ? asked(call, early + 1, " in it") : []),
        ];
      }
      return [
        one(call, 1, "", "too-many-requests", ALWAYS),
        one(call, 1, "", "error-before", ALWAYS),
        one(call, 1, "", "error-after", 1),
        one(call, 1, "", "hang-before", 1),
        one(call, 1, "", "hang-after", 1),
      ];
    }),
    ...begunIn(text).map((at, i): Case => {
      const name = i % 2 === 0 ? "SIGINT" : "SIGTERM";
      return { command, name: `${name} at ${at}`, faults: [], signal: { name, at } };
    }),
  ];
}

/** Lines such as `creating digitalocean_tag.fleet`, one for each resource. */
const begunIn = (text: string): string[] => text.match(/^(creating|removing) \S+$/gm) ?? [];

function counted(exchanges: readonly Exchange[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const each of exchanges) counts.set(patternOf(each), (counts.get(patternOf(each)) ?? 0) + 1);
  return counts;
}
