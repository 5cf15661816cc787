import { describe, expect, it, test } from "vitest";
import { mistakesOf, sampleWith } from "./sample.ts";

const mistakesAfter = (replace: Record<string, string>): string[] => mistakesOf(sampleWith(replace));

describe("a setting", () => {
  it.each([
    ["that is unknown", { "people:": "peopel:" }, ["fleet.yaml:11:1  peopel: unknown setting; did you mean people?"]],
    [
      "that belongs elsewhere",
      { "name: test": "name: test\ndomain: a.example.com" },
      ["fleet.yaml:2:1  domain: unknown setting; did you mean broker.domain?"],
    ],
    [
      "that nothing reads yet",
      { "issuer: letsencrypt": "issuer: letsencrypt, profile: short" },
      ["fleet.yaml:4:31  broker.tls.profile: unknown setting; remove it (known here: issuer, keyType, email)"],
    ],
    [
      "of another variant",
      { "issuer: letsencrypt": "issuer: letsencrypt, trustFile: ca.pem" },
      ["fleet.yaml:4:31  broker.tls.trustFile: unknown setting; remove it (known here: issuer, keyType, email)"],
    ],
    [
      "that is offered later",
      { "issuer: letsencrypt": "issuer: private" },
      ['fleet.yaml:4:18  broker.tls.issuer: "private" is not offered; use letsencrypt, letsencrypt-staging or acme'],
    ],
    [
      "that is missing",
      { "  domain: mqtt.example.com\n": "" },
      [
        "fleet.yaml:3:3  broker.domain: is missing; add it (name that devices connect to and that the certificate carries)",
      ],
    ],
    [
      "that is written differently",
      { "domain:": "domian:" },
      ["fleet.yaml:3:3  broker.domian: unknown setting; did you mean domain?"],
    ],
    [
      "that is empty",
      { "domain: mqtt.example.com": "domain:" },
      [
        "fleet.yaml:3:3  broker.domain: is empty; give it a value or remove the line (name that devices connect to and that the certificate carries)",
      ],
    ],
    [
      "that is null",
      { "devices: 10": "devices: null" },
      [
        "fleet.yaml:5:13  capacity.devices: is empty; give it a value or remove the line (devices the broker must hold; devices.csv may list fewer)",
      ],
    ],
    [
      "that is text instead of a number",
      { "devices: 10": 'devices: "10"' },
      ['fleet.yaml:5:22  capacity.devices: "10" is text, expected a number'],
    ],
    [
      "that is no whole number",
      { "devices: 10": "devices: 9.5" },
      ["fleet.yaml:5:22  capacity.devices: 9.5 is not a whole number"],
    ],
    [
      "that is too large",
      { "devices: 10": "devices: 1000001" },
      ["fleet.yaml:5:22  capacity.devices: 1000001 is too large, expected at most 1000000"],
    ],
    [
      "that is endless",
      { "devices: 10": "devices: .inf" },
      ["fleet.yaml:5:22  capacity.devices: Infinity is too large"],
    ],
    [
      "that is below every bound, once",
      { "devices: 10": "devices: -5, offlineSessions: -.inf" },
      [
        "fleet.yaml:5:22  capacity.devices: -5 is too small, expected at least 1",
        "fleet.yaml:5:43  capacity.offlineSessions: -Infinity is too small",
      ],
    ],
    [
      "that is above every bound, once",
      { "devices: 10": "devices: 1e300, retainedTopics: 10000001, monitoringTools: 10001" },
      [
        "fleet.yaml:5:22  capacity.devices: 1e+300 is too large, expected at most 1000000",
        "fleet.yaml:5:45  capacity.retainedTopics: 10000001 is too large, expected at most 10000000",
        "fleet.yaml:5:72  capacity.monitoringTools: 10001 is too large, expected at most 10000",
      ],
    ],
    [
      "that is not a number at all",
      { "devices: 10": "devices: 10, offlineSessions: .nan" },
      ["fleet.yaml:5:43  capacity.offlineSessions: NaN is not a number; write one, or remove the line"],
    ],
    [
      "that is a public broker's name",
      { "mqtt.example.com": "eu.test.mosquitto.org" },
      [
        'fleet.yaml:3:11  broker.domain: "eu.test.mosquitto.org": everybody may listen and publish on a public broker; use a name of your own such as mqtt.example.com',
      ],
    ],
    [
      "that is a list instead of text",
      { "name: test": "name: [test]" },
      ["fleet.yaml:1:7  name: this is a list, expected text"],
    ],
    [
      "of text that is no name",
      { "name: test": "name: te st" },
      ['fleet.yaml:1:7  name: "te st": use letters, digits, - and _, starting with a letter or digit, 64 at most'],
    ],
    [
      "with a control character",
      { "name: test": 'name: "te\\e[31mst"' },
      [
        'fleet.yaml:1:7  name: "te\\u001b[31mst": use letters, digits, - and _, starting with a letter or digit, 64 at most',
      ],
    ],
    [
      "of empty lists",
      { "adminCidrs: [203.0.113.7/32]": "adminCidrs: []" },
      ["fleet.yaml:6:59  host.adminCidrs: name at least one network that may use SSH"],
    ],
    [
      "with a topic that YAML took for a comment",
      { '{ subscribe: ["farm/#"] }': "\n    subscribe:\n      - #" },
      ['fleet.yaml:14:9  people.ana.subscribe[0]: is empty; a topic that begins with # needs quotes, such as "#"'],
    ],
    [
      "of a zone that is none",
      { "host:": "dns: { zone: 1 }\nhost:" },
      ["fleet.yaml:6:14  dns.zone: 1 is a number, expected text"],
    ],
    [
      "of dns that is neither",
      { "host:": "dns: automatic\nhost:" },
      [
        'fleet.yaml:6:6  dns: "automatic": not what belongs here (who keeps the DNS record: a zone, or manual: bednet prints the record and waits)',
      ],
    ],
    [
      "that stands twice",
      { "devices: 10": "devices: 10, devices: 11" },
      ["fleet.yaml:5:26  capacity.devices: set twice; keep one"],
    ],
    [
      "of a class that stands twice: the last is judged",
      { "  sensor: {": "  sensor: {}\n  sensor: { hardwear: esp32," },
      [
        "fleet.yaml:9:3  classes.sensor: set twice; keep one",
        "fleet.yaml:9:13  classes.sensor.hardwear: unknown setting; did you mean hardware?",
      ],
    ],
    [
      "that is a network with a wrong prefix",
      { "203.0.113.7/32": "203.0.113.7/33, '2001:db8::7/129'" },
      [
        'fleet.yaml:6:60  host.adminCidrs[0]: "203.0.113.7/33": use a network such as 203.0.113.7/32',
        'fleet.yaml:6:76  host.adminCidrs[1]: "2001:db8::7/129": use a network such as 2001:db8::7/128',
      ],
    ],
    [
      "that JavaScript would swallow",
      { "people:": "people:\n  __proto__: { subscribe: [a] }" },
      ["fleet.yaml:12:3  people.__proto__: unknown setting; remove it"],
    ],
    [
      "with a tag",
      { "name: test": "name: !secret test" },
      ["fleet.yaml:1:7  (syntax): unresolved tag: !secret; compare with the lines around it"],
    ],
  ])("%s", (_, replace, mistakes) =>
    expect(mistakesAfter(replace as unknown as Record<string, string>)).toEqual(mistakes),
  );
});

describe("host.address", () => {
  const mistakes = (address: string): string[] =>
    mistakesAfter({
      "{ provider: digitalocean, region: fra1,": `{ provider: existing, address: ${JSON.stringify(address)},`,
    });

  it.each(["203.0.113.7", "2001:db8::1", "broker", "Broker-1.example.com", "1and1.example.com"])(
    "takes %s",
    (address) => expect(mistakes(address)).toEqual([]),
  );

  const noIpv4 = "not an IPv4 address; it has four numbers from 0 to 255, such as 203.0.113.7";
  const noAddress = "use a host name or an address such as 203.0.113.7";
  it.each([
    ["203.0.113.300", noIpv4],
    ["1.2.3", noIpv4],
    ["host:22", "the port belongs to host.port"],
    ["203.0.113.7:22", "the port belongs to host.port"],
    ["[2001:db8::1]:22", "the port belongs to host.port"],
    ["[2001:db8::1]", "write an IPv6 address without brackets"],
    ["root@host", "the user belongs to host.user"],
    ["2001:db8::g", noAddress],
    ["host.7", noAddress],
    ["-host", noAddress],
    ["host..example.com", noAddress],
    ["", noAddress],
  ])("refuses %s", (address, says) =>
    expect(mistakes(address)).toEqual([`fleet.yaml:6:38  host.address: ${JSON.stringify(address)}: ${says}`]),
  );
});

test("ten million retained messages are planned for", () => {
  expect(mistakesAfter({ "devices: 10": "devices: 10, retainedTopics: 10000000" })).toEqual([]);
});

test("a mistake in what an alias stands for is told where it is written", () => {
  const mistakes = mistakesAfter({
    "esp32, publish: [": "esp32, publish: &all [3, ",
    "services:": "  valve: { hardware: python, publish: *all }\nservices:",
  });
  expect(mistakes).toEqual([
    "fleet.yaml:8:45  classes.sensor.publish[0]: 3 is a number, expected text",
    "fleet.yaml:8:45  classes.valve.publish[0]: 3 is a number, expected text",
  ]);
});

test("a long value does not flood the message", () => {
  const [mistake] = mistakesAfter({ "name: test": `name: ${"long".repeat(1000)}` });
  expect(mistake!.length).toBeLessThan(200);
});

describe("declared against planned", () => {
  it.each([
    [
      "more rows than devices",
      { "devices: 10": "devices: 1" },
      ["fleet.yaml:5:22  capacity.devices: 1 is less than the 2 rows of devices.csv; raise it to 2 or remove rows"],
    ],
    [
      "more service connections than planned",
      { "backendServices: 2": "backendServices: 0" },
      [
        "fleet.yaml:5:43  capacity.backendServices: services need 2 connections (dashboard 2), the limit is 0 (0 × 2); raise it to 1",
      ],
    ],
    [
      "services and no setting for them",
      { ", backendServices: 2": "" },
      [
        "fleet.yaml:5:11  capacity.backendServices: services need 2 connections (dashboard 2), the limit is 0 (0 × 2); raise it to 1",
      ],
    ],
    [
      "a zone that does not hold the domain",
      { "host:": "dns: { zone: ample.com }\nhost:" },
      [
        'fleet.yaml:6:14  dns.zone: "ample.com" does not hold broker.domain "mqtt.example.com"; use a zone that the domain ends in',
      ],
    ],
  ])("%s", (_, replace, mistakes) =>
    expect(mistakesAfter(replace as unknown as Record<string, string>)).toEqual(mistakes),
  );

  it("takes the domain itself for its zone", () => {
    expect(mistakesAfter({ "host:": "dns: { zone: mqtt.example.com }\nhost:" })).toEqual([]);
  });
});
