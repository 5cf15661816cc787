// The printed plan, whole, per example; and that no number is missing from it or unexplained.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { idOf, numberGroups } from "../../../cli/plan-numbers.ts";
import { dnsText } from "../../../cli/plan-text.ts";
import { readFleet } from "../../../fleet/load.ts";
import { planFleet } from "../../../fleet/plan.ts";
import type { Fleet } from "../../../fleet/schema.ts";
import { run } from "./run.ts";

const root = new URL("../../../", import.meta.url);
const path = (name: string): string => fileURLToPath(new URL(name, root));
const examples = ["small-farm", "thousand-devices"];
const { fleet } = await readFleet(path("examples/small-farm/fleet.yaml"));

describe.each(examples)("examples/%s", (example) => {
  const argv = ["plan", "--fleet", path(`examples/${example}/fleet.yaml`)];

  test("as text", async () => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect([exitCode, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot(path(`tests/golden/plan/${example}.txt`));
    expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });

  test.each([40, 60, 80])("on %d columns, where only a topic may be wider", async (columns) => {
    const { stdout } = await run(argv, { isTTY: true, columns, env: { NO_COLOR: "1" } });
    const wide = stdout.split("\n").filter((line) => line.length > columns);
    expect(wide.filter((line) => /^ {4}(publish|subscribe) +\S+$/.test(line) === false)).toEqual([]);
  });

  test("as JSON", async () => {
    const { exitCode, stdout, stderr } = await run([...argv, "--json"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot(path(`tests/golden/plan/${example}.json`));
  });
});

test("1,000 devices, 5 services and 2 tools need 1,216 connections", async () => {
  const { stdout } = await run(["plan", "--fleet", path("examples/thousand-devices/fleet.yaml")]);
  expect(stdout).toMatch(/^ {2}required +1,216 = 1,000 × 1\.2 \+ 5 × 2 \+ 2 × 3$/m);
});

test("every number of a plan is printed once, and has an explanation", () => {
  const plan = planFleet(fleet);
  const numbers = Object.entries(plan).flatMap(([name, value]) =>
    typeof value === "object" && "unit" in value ? [name] : [],
  );
  const printed = numberGroups.flatMap(({ names }) => names as readonly string[]);
  expect([...printed].sort()).toEqual(numbers.sort());
  const explained = readdirSync(new URL("docs/explain/numbers/", root));
  expect(explained.sort()).toEqual(numbers.map((name) => `${idOf(name)}.md`).sort());
});

describe("the DNS record", () => {
  const existing = (address: string): Fleet => ({
    ...fleet,
    dns: "manual",
    host: { ...fleet.host, provider: "existing", address } as Fleet["host"],
  });
  test.each([
    ["an IPv4 address", existing("203.0.113.9"), "Set by hand: mqtt.farm.example.com. A 203.0.113.9"],
    ["an IPv6 address", existing("2001:db8::9"), "Set by hand: mqtt.farm.example.com. AAAA 2001:db8::9"],
    ["a host name", existing("vps.example.net"), "Set by hand: mqtt.farm.example.com. CNAME vps.example.net."],
    ["the same name", existing("mqtt.farm.example.com"), "mqtt.farm.example.com must lead to the host."],
    [
      "a zone",
      { ...fleet, dns: { zone: "example.com" } },
      "mqtt.farm.example.com must lead to the host, by a record in the zone example.com.",
    ],
    [
      "a droplet",
      { ...fleet, dns: "manual", host: { provider: "digitalocean" } as Fleet["host"] },
      "Set by hand: mqtt.farm.example.com. A <the droplet's address>; bednet prints the address and waits.",
    ],
  ] as [string, Fleet, string][])("%s", (_, its, text) => {
    expect(dnsText(its)).toBe(text);
  });
});
