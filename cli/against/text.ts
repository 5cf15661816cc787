// A comparison in words: one headline, then what comes, what goes, what it does and what it costs.
import { dollars } from "../../fleet/bill.ts";
import { count } from "../../fleet/figure.ts";
import { printable } from "../../remote/host.ts";
import { hang } from "../columns.ts";
import type { Output } from "../output.ts";
import type { ChangeEffect, Comparison } from "./comparison.ts";

type Page = Pick<Output, "paint" | "width">;
interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** More would not be read, and a comment holds 65,536 characters. */
const MOST_LINES = 40;

export function comparisonText(comparison: Comparison, { paint, width }: Page): string {
  const sections = sectionsOf(comparison).map(({ title, lines }) => {
    const shown = lines.slice(0, MOST_LINES);
    const rest = lines.length - shown.length;
    const all = rest === 0 ? shown : [...shown, `… and ${count(rest)} more`];
    return [paint.bold(title), ...all.map((line) => hang("  ", 2, printable(line), width))].join("\n");
  });
  const headline = hang("", 0, headlineOf(comparison), width);
  return [headline, ...sections].join("\n\n");
}

export const headlineOf = ({ fleet, against, effect }: Comparison): string =>
  `${fleet} against ${printable(against)}: ${costOf[effect]}`;

const costOf: Readonly<Record<ChangeEffect, string>> = {
  none: "none, nobody who is connected notices",
  reload: "reload, nobody who is connected is dropped",
  restart: "restart, every connected client is dropped and comes back",
  replace: "replace, everybody moves to another machine",
  reflash: "reflash, devices stay away until they are told something new",
  new: "new, nothing was there to compare with",
};

function sectionsOf(comparison: Comparison): Section[] {
  const { unreadable, cloud, numbers } = comparison;
  const sections = [
    { title: "Not compared", lines: unreadable === undefined ? [] : unreadable.split("\n").map((line) => line.trim()) },
    { title: "Who may log in", lines: principalLines(comparison) },
    { title: "Who may say what", lines: grantLines(comparison) },
    { title: "fleet.lock", lines: lockLines(comparison) },
    { title: "Broker and host", lines: comparison.host.map(({ what, effect }) => `${effect}: ${what}`) },
    {
      title: "Cloud",
      lines: cloud.map(
        ({ setting, before, after, effect, says }) => `${effect}: ${setting}: ${before} → ${after}: ${says}`,
      ),
    },
    { title: "Cost", lines: costLines(comparison) },
    { title: "Numbers", lines: numbers.map(({ id, before, after }) => `${id}: ${before} → ${after}`) },
    {
      title: "Warnings",
      lines: comparison.warnings.map(({ text, isNew }) =>
        isNew && comparison.effect !== "new" ? `new: ${text}` : text,
      ),
    },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

function principalLines({ principals: { added, revoked, moved } }: Comparison): string[] {
  return [
    ...some("added", added),
    ...some("revoked", revoked),
    ...moved.map(({ name, from, to }) => `moved: ${name} from ${from} to ${to}`),
  ];
}

function grantLines({ principals: { grants } }: Comparison): string[] {
  return grants.flatMap(({ of, name, right, added, removed }) => [
    ...added.map((filter) => `+ ${of} ${name} may ${right} ${filter}`),
    ...removed.map((filter) => `- ${of} ${name} may no longer ${right} ${filter}`),
  ]);
}

function lockLines({ lock: { lacks, stale, written, rotated, goesBack } }: Comparison): string[] {
  const open = lacks.length + stale.length > 0;
  return [
    ...some("not in it yet", lacks),
    ...some("still in it, and no longer in the fleet", stale),
    ...(open ? ["Before it can be deployed, somebody with the key runs `bednet lock` and commits fleet.lock."] : []),
    ...some("have another password, and must be told it", rotated),
    ...some("passwords written by this change", written),
    ...(written.length > 0 ? ["Where the key is, `bednet lock --check` says whether it made them."] : []),
    ...goesBack.map((what) => `the host will refuse: ${what}`),
  ];
}

function costLines({ monthlyDollars: { before, after }, effect }: Comparison): string[] {
  if (before === undefined && after === undefined) return [];
  const said = (amount: number | undefined): string => (amount === undefined ? "not known" : dollars(amount));
  if (effect === "new") return [`${said(after)} a month`];
  return before === after ? [`${said(after)} a month, as before`] : [`${said(before)} → ${said(after)} a month`];
}

const MOST_NAMES = 20;

function some(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return [`${count(names.length)} ${what}: ${shown}${names.length > MOST_NAMES ? ", …" : ""}`];
}
