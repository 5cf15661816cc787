import { describe, expect, it, test } from "vitest";
import {
  accessOf,
  MONITOR,
  PROBE_SLOTS,
  type Principal,
  principalsOf,
  probeName,
  probeParts,
  WATCH,
} from "../../../fleet/access.ts";
import { PROVER } from "../../../fleet/probes.ts";
import type { Fleet } from "../../../fleet/schema.ts";
import { isGranted, mayDo } from "./acl-oracle.ts";
import { sampleFleet, sampleYaml } from "./sample.ts";

const valve = '  valve: { hardware: esp8266, publish: ["farm/{device}/state"], subscribe: ["farm/{device}/open"] }\n';
const rows = "id,class\nsoil-1,sensor\nsoil-2,sensor\n";
const oneClass = sampleFleet({}, rows);
const twoClasses = sampleFleet({ "services:": `${valve}services:` }, `${rows}valve-1,valve\n`);
const pooled = sampleFleet({ "services:": `${valve}access: pooled\nservices:` }, `${rows}valve-1,valve\n`);
const greedy = sampleFleet({ 'subscribe: ["farm/#"]': 'subscribe: ["#", "$SYS/#"], publish: ["+/+/command"]' }, rows);
const anySite = sampleFleet(
  { 'publish: ["farm/{device}/moisture"]': 'publish: ["+/{device}/moisture", "+/+/+/{device}/#"]' },
  rows,
);
const noClass = sampleFleet(
  { [sampleYaml.slice(sampleYaml.indexOf("classes:"), sampleYaml.indexOf("services:"))]: "" },
  "id,class\n",
);

/** Every topic that any grant could be about, under every name, and some that nobody asked for. */
function topicsOf(fleet: Fleet): string[] {
  const names = [
    ...principalsOf(fleet)
      .map(({ name }) => name)
      .filter((name) => !/-probe-[2-8]-/.test(name)),
    "nobody",
  ];
  return [
    ...names.flatMap((name) => [
      ...["moisture", "command", "state", "open", "other"].map((word) => `farm/${name}/${word}`),
      `other/${name}/moisture`,
      `x/y/z/${name}/deep`,
      ...["a", "b"].flatMap((probes) => ["up", "down"].map((way) => `bednet/probe/${probes}/${name}/${way}`)),
      `bednet/${name}/moisture`,
      name,
    ]),
    ...[
      "farm",
      "farm/moisture",
      "x/y/command",
      "bednet",
      "bednet/health/ping",
      "bednet/x/command",
      "$SYS/broker/uptime",
      "$SYS",
    ],
  ];
}

/** What Mosquitto allows and the grants do not, and the other way round. */
function differences(fleet: Fleet, forgiven: (principal: Principal, topic: string) => boolean): string[] {
  const access = accessOf(fleet);
  const topics = topicsOf(fleet);
  const isOurs = (topic: string): boolean => /^bednet(\/|$)/.test(topic);
  return principalsOf(fleet).flatMap((principal) =>
    topics.flatMap((topic) =>
      (["write", "read"] as const).flatMap((what) => {
        const filters = what === "write" ? principal.publish : principal.subscribe;
        const wanted = isGranted(filters, topic) && !(principal.key === "fleet" && isOurs(topic));
        const is = mayDo(access, principal.name, what, topic);
        return is === wanted || forgiven(principal, topic) ? [] : [`${principal.name} ${what} ${topic}: ${is}`];
      }),
    ),
  );
}

const nothing = (): boolean => false;
const sections = { twoClasses, anySite };
const patterns = { oneClass, greedy, noClass };

describe("with sections everybody may do exactly what is granted", () => {
  it.each(Object.entries(sections))("%s", (_, fleet) => {
    expect(accessOf(fleet).style).toBe("sections");
    expect(accessOf(fleet).patterns).toEqual([]);
    expect(differences(fleet, nothing)).toEqual([]);
  });
});

describe("with patterns too, but for topics that carry one's own name in a device's place", () => {
  /** Devices may speak below the probe tree under their own id; a service's wildcard does not reach the topics of its own name. */
  const ownName = ({ name, role }: Principal, topic: string): boolean =>
    role === "device" ? topic.startsWith(`bednet/probe/a/${name}/`) : topic.startsWith(`farm/${name}/`);

  it.each(Object.entries(patterns))("%s", (_, fleet) => {
    expect(accessOf(fleet).style).toBe("patterns");
    expect(differences(fleet, ownName)).toEqual([]);
  });

  it("and nobody but a device may speak there", () => {
    const access = accessOf(oneClass);
    for (const { name } of principalsOf(oneClass).filter(({ role }) => role !== "device")) {
      expect(mayDo(access, name, "write", `farm/${name}/moisture`)).toBe(false);
    }
    expect(mayDo(access, "soil-1", "write", "farm/soil-1/moisture")).toBe(true);
    expect(mayDo(access, "soil-1", "write", "farm/soil-2/moisture")).toBe(false);
  });
});

test("pooled classes may do what each of them may, under their own id only", () => {
  const access = accessOf(pooled);
  expect(access.style).toBe("patterns");
  expect(mayDo(access, "soil-1", "write", "farm/soil-1/state")).toBe(true);
  expect(mayDo(access, "soil-1", "write", "farm/valve-1/state")).toBe(false);
  expect(mayDo(accessOf(twoClasses), "soil-1", "write", "farm/soil-1/state")).toBe(false);
});

test("the lines of one class are patterns, and a service is fenced off from them under its own names", () => {
  const { patterns, sections } = accessOf(oneClass);
  expect(patterns).toEqual([
    { access: "write", filter: "farm/%u/moisture" },
    { access: "read", filter: "farm/%u/command" },
    { access: "write", filter: "bednet/probe/a/%u/up" },
    { access: "read", filter: "bednet/probe/a/%u/down" },
  ]);
  expect(sections.find(({ user }) => user === "dashboard-2")!.lines).toEqual([
    { access: "deny", filter: "farm/dashboard-2/moisture" },
    { access: "deny", filter: "farm/dashboard-2/command" },
    { access: "deny", filter: "bednet/probe/a/dashboard-2/up" },
    { access: "deny", filter: "bednet/probe/a/dashboard-2/down" },
    { access: "write", filter: "farm/+/command" },
    { access: "read", filter: "farm/+/moisture" },
  ]);
  expect(sections.some(({ user }) => user === "soil-1")).toBe(false);
});

test("a wildcard that would reach the probes is kept out of bednet's own tree", () => {
  const ana = accessOf(greedy).sections.find(({ user }) => user === "ana")!.lines;
  expect(ana).toContainEqual({ access: "deny", filter: "bednet/#" });
  expect(mayDo(accessOf(greedy), "ana", "read", "bednet/probe/a/bednet-probe-1-device/up")).toBe(false);
  expect(mayDo(accessOf(greedy), "ana", "read", "farm/soil-1/moisture")).toBe(true);
});

test("a topic that is published and subscribed to takes one line", () => {
  const both = sampleFleet({ 'subscribe: ["farm/#"]': 'subscribe: ["notes", "notes"], publish: ["notes"]' }, rows);
  expect(
    accessOf(both)
      .sections.find(({ user }) => user === "ana")!
      .lines.filter(({ filter }) => filter === "notes"),
  ).toEqual([{ access: "readwrite", filter: "notes" }]);
});

test("everybody who logs in has one name, and bednet's own are the same in every fleet", () => {
  const names = principalsOf(twoClasses).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const own = [
    MONITOR,
    WATCH,
    PROVER,
    ...Array.from({ length: PROBE_SLOTS }, (_, index) => probeParts.map((part) => probeName(index + 1, part))).flat(),
  ];
  expect(names).toEqual(["soil-1", "soil-2", "valve-1", "dashboard", "dashboard-2", "ana", ...own]);
  expect(
    principalsOf(twoClasses)
      .filter(({ key }) => key === "verify")
      .map(({ name }) => name),
  ).toEqual(own);
});

test("probes of class a differ in nothing but their name, and the stranger is not of it", () => {
  const find = (part: (typeof probeParts)[number]): Principal =>
    principalsOf(oneClass).find(({ name }) => name === probeName(3, part))!;
  for (const part of ["device", "neighbour", "victim", "rival", "caller"] as const) {
    expect([find(part).publish, find(part).subscribe]).toEqual([
      [`bednet/probe/a/bednet-probe-3-${part}/up`],
      [`bednet/probe/a/bednet-probe-3-${part}/down`],
    ]);
  }
  for (const fleet of [oneClass, twoClasses, pooled]) {
    expect(
      mayDo(accessOf(fleet), "bednet-probe-3-stranger", "write", "bednet/probe/a/bednet-probe-3-stranger/up"),
    ).toBe(false);
    expect(
      mayDo(accessOf(fleet), "bednet-probe-3-stranger", "write", "bednet/probe/b/bednet-probe-3-stranger/up"),
    ).toBe(true);
  }
});

test("sections for ten thousand devices are all made", () => {
  const csv = `id,class\n${Array.from({ length: 10_000 }, (_, index) => `d-${index},${index % 2 ? "sensor" : "valve"}`).join("\n")}`;
  const many = sampleFleet({ "services:": `${valve}services:`, "devices: 10": "devices: 10000" }, csv);
  expect(accessOf(many).sections.length).toBeGreaterThan(10_000);
});
