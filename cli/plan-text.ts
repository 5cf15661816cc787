// A plan for a person: what is wanted, every number with its arithmetic, who may say what, and what to do by hand.
import { isIP } from "node:net";
import { accessOf, principalsOf } from "../fleet/access.ts";
import { count } from "../fleet/figure.ts";
import type { Plan } from "../fleet/plan.ts";
import type { Fleet } from "../fleet/schema.ts";
import { hang, widest, wrap } from "./columns.ts";
import type { Output } from "./output.ts";
import { arithmeticOf, idOf, numberGroups, shown } from "./plan-numbers.ts";

type Page = Pick<Output, "paint" | "width">;

export function planText(fleet: Fleet, plan: Plan, page: Page): string {
  const parts = [
    summary(fleet, plan, page),
    ...numbers(plan, page),
    machine(fleet, plan, page),
    access(fleet, page),
    section("DNS", [dnsText(fleet)], page),
    ...(plan.warnings.length > 0 ? [section("Warnings", plan.warnings, page, page.paint.yellow)] : []),
    page.paint.dim(wrap("What is a number for? For example: `bednet explain max-connections`", page.width).join("\n")),
  ];
  return parts.join("\n\n");
}

function summary(fleet: Fleet, plan: Plan, { paint, width }: Page): string {
  const { name, broker, capacity, devices, host } = fleet;
  const where = host.provider === "existing" ? host.address : `${host.image} in ${host.region}`;
  const engine =
    plan.engine === "cluster"
      ? `Mosquitto ${plan.mosquittoVersion} (too small, see Warnings)`
      : `Mosquitto ${plan.mosquittoVersion}`;
  const holds = [
    `${some(capacity.devices, "device")} planned, ${count(devices.length)} in devices.csv`,
    some(Object.keys(fleet.classes).length, "class", "classes"),
    some(Object.keys(fleet.services).length, "service"),
    some(Object.keys(fleet.people).length, "person", "people"),
  ];
  return [
    hang(paint.bold(`${name}  `), name.length + 2, `${broker.domain}:8883, ${engine} on ${where}`, width),
    hang(" ".repeat(name.length + 2), name.length + 2, holds.join(", "), width),
  ].join("\n");
}

/** The first block: what must connect, and what follows from it. */
export const connectionsText = (plan: Plan, page: Page): string => numbers(plan, page, numberGroups.slice(0, 1)).join();

function numbers(plan: Plan, { paint, width }: Page, groups = numberGroups): string[] {
  const all = groups.flatMap(({ names }) => names);
  const idWidth = widest(all.map(idOf));
  const valueWidth = widest(all.map((name) => shown(plan[name])));
  return groups.map(({ title, names }) => {
    const rows = names.map((name) => {
      const value = shown(plan[name]).padStart(valueWidth);
      const { sign, text } = arithmeticOf(plan[name]);
      const lead = `  ${idOf(name).padEnd(idWidth)}  ${paint.bold(value)} ${sign} `;
      return hang(lead, 2 + idWidth + 2 + valueWidth + 3, text, width);
    });
    return [paint.bold(title), ...rows].join("\n");
  });
}

function machine(fleet: Fleet, { size, bill }: Plan, page: Page): string {
  if (size.chosen === "existing") {
    return section(
      "Host",
      [`${(fleet.host as { address: string }).address} is there already. ${size.arithmetic}`],
      page,
    );
  }
  const price = size.monthlyDollars === undefined ? "price unknown" : `$${size.monthlyDollars} a month`;
  const how = size.chosen === "auto" ? "the smallest that holds the plan" : "chosen in fleet.yaml";
  return section("Droplet", [`${size.slug}, ${price}, ${how}`, size.arithmetic, `Billed: ${bill!.arithmetic}`], page);
}

/** One block per class, service and person: every principal of it may say the same. */
function access(fleet: Fleet, { paint, width }: Page): string {
  const listed = (name: string) => fleet.devices.filter((device) => device.class === name).length;
  const speakers = [
    ...Object.entries(fleet.classes).map(([name, grants]) => ({ name, who: some(listed(name), "device"), ...grants })),
    ...Object.entries(fleet.services).map(([name, grants]) => ({
      name,
      who: some(grants.connections, "connection"),
      ...grants,
    })),
    ...Object.entries(fleet.people).map(([name, grants]) => ({ name, who: "a person", ...grants })),
  ];
  const ours = principalsOf(fleet).filter(({ key }) => key === "verify").length;
  const nameWidth = widest(speakers.map(({ name }) => name));
  const lead = 2 + nameWidth + 2 + widest(speakers.map(({ who }) => who)) + 2;
  const longest = widest(speakers.flatMap(({ publish, subscribe }) => [...publish, ...subscribe]));
  const fits = lead + "subscribe  ".length + longest <= width;
  const rows = speakers.flatMap(({ name, who, publish, subscribe }) => {
    const grants = [
      ...publish.map((filter) => `publish    ${filter}`),
      ...subscribe.map((filter) => `subscribe  ${filter}`),
    ];
    const first = `  ${name.padEnd(nameWidth)}  ${who}`.padEnd(lead);
    const rows = grants.length > 0 ? grants : ["nothing"];
    if (!fits) return [first.trimEnd(), ...rows.map((grant) => `    ${grant}`)];
    return rows.map((grant, i) => (i === 0 ? first : " ".repeat(lead)) + grant);
  });
  const style =
    accessOf({ ...fleet, devices: [] }).style === "patterns"
      ? "One pattern per grant serves all devices, each under its own id."
      : "Each device has a section of its own in the ACL.";
  return [
    paint.bold("Who may say what"),
    ...rows,
    hang("  ", 2, `${style} Beside them: ${ours} probes and monitors of bednet, which see no topic of yours.`, width),
  ].join("\n");
}

/** The record that must exist, or who keeps it. */
export function dnsText({ dns, host, broker: { domain } }: Fleet): string {
  if (dns !== "manual") return `${domain} must lead to the host, by a record in the zone ${dns.zone}.`;
  if (host.provider === "digitalocean")
    return `Set by hand: ${domain}. A <the droplet's address>; bednet prints the address and waits.`;
  const type = { 0: undefined, 4: "A", 6: "AAAA" }[isIP(host.address) as 0 | 4 | 6];
  if (type !== undefined) return `Set by hand: ${domain}. ${type} ${host.address}`;
  return host.address === domain
    ? `${domain} must lead to the host.`
    : `Set by hand: ${domain}. CNAME ${host.address}.`;
}

function section(
  title: string,
  lines: readonly string[],
  { paint, width }: Page,
  colour = (text: string) => text,
): string {
  return [colour(paint.bold(title)), ...lines.map((line) => hang("  ", 2, line, width))].join("\n");
}

const some = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;
