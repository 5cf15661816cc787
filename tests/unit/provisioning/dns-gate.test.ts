// The DNS gate, against a server that answers what the test says.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DnsGateOptions, passDnsGate } from "../../../provisioning/dns-gate.ts";

const [A, AAAA] = [1, 28];
/** What the server says; `refuse` answers REFUSED, `nothing` an empty answer. */
let records: { v4: string[]; v6: string[]; refuse?: boolean };
let server: Socket;
let options: DnsGateOptions;
let said: string[];

beforeEach(async () => {
  records = { v4: [], v6: [] };
  said = [];
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
  const type = query.readUInt16BE(end - 4);
  const addresses = records.refuse ? [] : type === A ? records.v4 : type === AAAA ? records.v6 : [];
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8400 | (records.refuse ? 5 : 0), 2);
  header.writeUInt16BE(addresses.length, 6);
  header.fill(0, 8);
  const rows = addresses.map((text) => {
    const data =
      type === A
        ? Buffer.from(text.split(".").map(Number))
        : Buffer.from(
            text.split(":").flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]),
          );
    const row = Buffer.alloc(12);
    row.writeUInt16BE(0xc00c, 0);
    row.writeUInt16BE(type, 2);
    row.writeUInt16BE(1, 4);
    row.writeUInt16BE(data.length, 10);
    return Buffer.concat([row, data]);
  });
  return Buffer.concat([header, query.subarray(12, end), ...rows]);
}

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
    ["the server refuses", { v4: [], v6: [], refuse: true }, "says EREFUSED"],
  ];
  test.each(cases)("%s", async (_what, given, says) => {
    records = given;
    expect((await problem()).replace(/:\d+ /, ":PORT ")).toBe(notYet + says);
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
  expect(await problem()).toMatch(/127\.0\.0\.1:1 says E\w+$/);
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
