// The DNS gate, against a server that answers what the test says.
import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DnsGateOptions, passDnsGate } from "../../../provisioning/dns-gate.ts";
import { authoritativeServers } from "../../../provisioning/name-servers.ts";

const [A, NS, CNAME, AAAA] = [1, 2, 5, 28];
const REFUSED = 5;
/** What the server says of every name, and what of some of them: a CNAME and nothing else, or name servers. */
let records: { v4: string[]; v6: string[]; refuse?: boolean };
let cnames: Record<string, string>;
let nameServers: Record<string, string>;
let server: Socket;
let options: DnsGateOptions;
let said: string[];

beforeEach(async () => {
  records = { v4: [], v6: [] };
  [said, cnames, nameServers] = [[], {}, {}];
  server = createSocket("udp4", (query, { port, address }) => server.send(answer(query), port, address));
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  options = {
    ...{ domain: "mqtt.example.com", address: "203.0.113.20", servers: [`127.0.0.1:${server.address().port}`] },
    ...{ waitMs: 0, onProgress: (text) => void said.push(text) },
  };
});
afterEach(() => void server.close());

/** One question, its answers, and nothing else of DNS. */
function answer(query: Buffer): Buffer {
  const end = query.indexOf(0, 12) + 5;
  const rows = records.refuse ? [] : rowsOf(nameAt(query, 12), query.readUInt16BE(end - 4));
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8400 | (records.refuse ? REFUSED : 0), 2);
  header.writeUInt16BE(rows.length, 6);
  header.fill(0, 8);
  return Buffer.concat([header, query.subarray(12, end), ...rows]);
}

function rowsOf(name: string, type: number): Buffer[] {
  if (type === NS) return name in nameServers ? [row(NS, wire(nameServers[name]!))] : [];
  // Whatever is asked of an alias, the answer is the alias.
  if (name in cnames) return [row(CNAME, wire(cnames[name]!))];
  if (type === A) return records.v4.map((text) => row(A, Buffer.from(text.split(".").map(Number))));
  if (type === AAAA) return records.v6.map((text) => row(AAAA, words(text)));
  return [];
}

function row(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function nameAt(message: Buffer, at: number): string {
  const length = message[at]!;
  const label = message.toString("latin1", at + 1, at + 1 + length).toLowerCase();
  const rest = length === 0 ? "" : nameAt(message, at + 1 + length);
  return rest === "" ? label : `${label}.${rest}`;
}

const wire = (name: string): Buffer =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.alloc(1),
  ]);
const words = (address: string): Buffer =>
  Buffer.from(address.split(":").flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]));

/** As in the message, without what differs from run to run. */
const withoutPort = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d{4,}/g, "127.0.0.1:PORT");

const problem = () =>
  passDnsGate(options).then(
    () => "passed",
    (error: Error) => error.message,
  );

test("the name leads here", async () => {
  records.v4 = ["203.0.113.20"];
  expect(await problem()).toBe("passed");
  expect(said).toEqual([]);
});

test.each(["2001:db8::9", "2001:0DB8:0:0::0009", "2001:db8:0:0:0:0:0:9"])(
  "an IPv6 address however it is spelt: %s",
  async (address) => {
    records.v6 = ["2001:db8:0:0:0:0:0:9"];
    options = { ...options, address };
    expect(await problem()).toBe("passed");
  },
);

describe("it does not lead here", () => {
  const notYet = "mqtt.example.com does not lead to 203.0.113.20 yet: 127.0.0.1:PORT ";
  const cases: [string, typeof records, string][] = [
    ["no record", { v4: [], v6: [] }, "says nothing"],
    ["another host", { v4: ["198.51.100.1"], v6: [] }, "says 198.51.100.1"],
    [
      "two hosts",
      { v4: ["203.0.113.20", "198.51.100.1"], v6: [] },
      "also says 198.51.100.1, where the authority might look",
    ],
    [
      "an IPv6 address of something else, which the authority tries first",
      { v4: ["203.0.113.20"], v6: ["2001:db8:0:0:0:0:0:9"] },
      "also says 2001:db8::9, where the authority might look",
    ],
  ];
  test.each(cases)("%s", async (_what, given, says) => {
    records = given;
    expect(withoutPort(await problem())).toBe(notYet + says);
  });

  test("the way out names the record, and nothing was asked for", async () => {
    await expect(passDnsGate(options)).rejects.toMatchObject({
      fix: "Set this record, then run the command again: mqtt.example.com. A 203.0.113.20. No certificate was asked for.",
      exitCode: 1,
    });
  });
});

test("further addresses of the same host may stand beside it, others may not", async () => {
  records = { v4: ["203.0.113.20"], v6: ["2001:db8:0:0:0:0:0:9"] };
  await passDnsGate({ ...options, also: ["2001:db8::9"] });
  await expect(passDnsGate({ ...options, also: ["2001:db8::8"] })).rejects.toThrow("also says 2001:db8::9");
  records = { v4: [], v6: ["2001:db8:0:0:0:0:0:9"] };
  await expect(passDnsGate({ ...options, also: ["2001:db8::9"] })).rejects.toThrow("does not lead to 203.0.113.20 yet");
});

test("every server is asked, not only the first", async () => {
  records.v4 = ["203.0.113.20"];
  options = { ...options, servers: [...options.servers!, "127.0.0.1:1"] };
  expect(await problem()).toBe(
    "could not find out where mqtt.example.com leads: not every name server of mqtt.example.com gave an answer (127.0.0.1:1: ECONNREFUSED)",
  );
  records.v4 = [];
  expect(withoutPort(await problem())).toBe(
    "mqtt.example.com does not lead to 203.0.113.20 yet: 127.0.0.1:PORT says nothing",
  );
});

describe("we cannot tell, which is not a mistake in a record", () => {
  const unknown = "could not find out where mqtt.example.com leads: ";
  test.each([
    ["nobody listens", false, "127.0.0.1:1", "127.0.0.1:1: ECONNREFUSED"],
    ["the server refuses", true, undefined, "127.0.0.1:PORT: EREFUSED"],
  ])("%s", async (_what, refuse, place, says) => {
    records.refuse = refuse;
    if (place) options = { ...options, servers: [place] };
    const { message, fix, exitCode } = await passDnsGate(options).catch((error) => error);
    expect([withoutPort(message), fix, exitCode]).toEqual([
      `${unknown}no name server of mqtt.example.com gave an answer (${says})`,
      "Check that these servers can be asked from here (port 53) and serve the zone, then run the command again. No certificate was asked for.",
      2,
    ]);
  });

  test("this machine's resolver is out of order", async () => {
    options = { ...asAuthority(), serversOf: async () => ({ addresses: [], failure: "ETIMEOUT" }) };
    await expect(passDnsGate(options)).rejects.toMatchObject({
      message: `${unknown}this machine's resolver did not tell the name servers of mqtt.example.com (ETIMEOUT)`,
      exitCode: 2,
    });
  });
});

/** No servers are given; which ones were looked for is in `zones`. */
function asAuthority(zones: string[] = []): DnsGateOptions {
  const { servers, ...rest } = options;
  const serversOf = async (name: string) => {
    zones.push(name);
    return { addresses: servers! };
  };
  return { ...rest, serversOf };
}

describe("a CNAME into another zone", () => {
  beforeEach(() => {
    cnames = { "mqtt.example.com": "edge.example.net", "edge.example.net": "host.example.org" };
  });

  test("is followed, and the target's own servers are asked", async () => {
    records.v4 = ["203.0.113.20"];
    const zones: string[] = [];
    options = asAuthority(zones);
    expect(await problem()).toBe("passed");
    expect(zones).toEqual(["mqtt.example.com", "edge.example.net", "host.example.org"]);
  });

  test("is named where its end leads elsewhere", async () => {
    records.v4 = ["198.51.100.1"];
    const { message, fix, exitCode } = await passDnsGate(options).catch((error) => error);
    expect([withoutPort(message), fix, exitCode]).toEqual([
      "mqtt.example.com does not lead to 203.0.113.20 yet: 127.0.0.1:PORT says CNAME edge.example.net, where 127.0.0.1:PORT says CNAME host.example.org, where 127.0.0.1:PORT says 198.51.100.1",
      "Set this record in place of the CNAME, then run the command again: mqtt.example.com. A 203.0.113.20. No certificate was asked for.",
      1,
    ]);
  });

  test("that never ends is given up", async () => {
    cnames["host.example.org"] = "mqtt.example.com";
    expect(await problem()).toMatch(/says CNAME \S+, and so on without an end$/);
  });
});

describe("the servers of a name", () => {
  let resolver: Resolver;
  beforeEach(() => {
    resolver = new Resolver();
    resolver.setServers(options.servers!);
  });

  test("are those of the nearest zone above it", async () => {
    records.v4 = ["192.0.2.53"];
    nameServers = { "example.com": "ns.example.com" };
    expect(await authoritativeServers("a.mqtt.example.com", resolver)).toEqual({ addresses: ["192.0.2.53"] });
  });

  test("are not those of the zone that it is an alias into", async () => {
    records.v4 = ["192.0.2.53"];
    nameServers = { "mqtt.example.com": "ns.example.net" };
    cnames = { "mqtt.example.com": "example.net" };
    expect(await authoritativeServers("mqtt.example.com", resolver)).toEqual({ addresses: [] });
  });

  test("are unknown while the resolver refuses to say", async () => {
    expect(await authoritativeServers("mqtt.example.com", resolver)).toEqual({ addresses: [] });
    records.refuse = true;
    expect(await authoritativeServers("mqtt.example.com", resolver)).toEqual({ addresses: [], failure: "EREFUSED" });
  });
});

test("it waits, and says once for what", async () => {
  options = { ...options, waitMs: 60_000, pauseMs: 20 };
  const passing = passDnsGate(options);
  await expect.poll(() => said.length).toBe(1);
  records.v4 = ["203.0.113.20"];
  await passing;
  expect(said).toEqual([
    `waiting for the DNS record mqtt.example.com. A 203.0.113.20 (${options.servers![0]} says nothing)`,
  ]);
});

test("waiting ends with the caller", async () => {
  const controller = new AbortController();
  const passing = passDnsGate({ ...options, waitMs: 60_000, signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  await expect(passing).rejects.toThrow(/abort/i);
});
