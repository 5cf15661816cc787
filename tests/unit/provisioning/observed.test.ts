// What a look printed, read once and completely.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { formatLock } from "../../../fleet/lock.ts";
import { Problem } from "../../../fleet/problem.ts";
import { parseObserved } from "../../../provisioning/observed.ts";
import { runbook } from "../../../provisioning/runbook.ts";
import { lock, lookText } from "./sample.ts";

const observe = (...look: Parameters<typeof lookText>) => parseObserved("host", lookText(...look));

test("facts are read with their types", () => {
  expect(observe()).toMatchObject({
    ...{ run: "Abc123", isOurs: true, distribution: "debian 13", memoryBytes: 2147483648, ipv6: true, clients: 3 },
    ...{ mosquittoVersion: "2.0.21", rehearsal: false, systemd: true, ssh: { clientAddress: "203.0.113.7", port: 22 } },
    foreign: { mosquittoFiles: [], sshPeers: [], lineages: [] },
  });
});

test.each([
  ["2.0.11-1.2+deb12u2", "2.0.11"],
  ["2.0.18-1build3", "2.0.18"],
  ["1:2.1.2-0mosquitto1", "2.1.2"],
  ["2.0.21-1~bpo12+1", "2.0.21"],
  ["absent", undefined],
])("package version %s is mosquitto %s", (packaged, version) => {
  expect(observe({}, [], { "package mosquitto": packaged }).mosquittoVersion).toBe(version);
});

test("sockets of both families, with and without a visible process", () => {
  const sockets = [
    ["socket", '0.0.0.0:80 users:(("nginx",pid=7,fd=5),("nginx",pid=8,fd=5))'],
    ["socket", "[::]:8883 "],
    ["socket", '127.0.0.53%lo:53 users:(("systemd-resolve",pid=3,fd=1))'],
  ] as const;
  expect(observe({}, sockets).sockets).toEqual([
    { address: "0.0.0.0", port: 80, process: "nginx" },
    { address: "[::]", port: 8883, process: "?" },
    { address: "127.0.0.53%lo", port: 53, process: "systemd-resolve" },
  ]);
});

test("addresses are told in one way, and each peer once", () => {
  const peers = ["[::ffff:198.51.100.9]", "198.51.100.9", "[2001:db8::1]", "[fe80::1%eth0]"];
  const { ssh, foreign } = observe(
    { ssh: "::ffff:203.0.113.7 1 ::ffff:203.0.113.20 2222" },
    peers.map((peer) => ["ssh-peer", peer] as const),
  );
  expect(ssh).toEqual({ clientAddress: "203.0.113.7", port: 2222 });
  expect(foreign.sshPeers).toEqual(["198.51.100.9", "2001:db8::1", "fe80::1"]);
});

test("another lock comes along packed", () => {
  const packed = gzipSync(formatLock(lock)).toString("base64");
  expect(observe({}, [["applied-text", packed]]).appliedLock.other).toEqual(lock);
  expect(observe().appliedLock.other).toBeUndefined();
});

describe("what is missing", () => {
  test("a fact: it could not be told, exit code 2", () => {
    const text = lookText().replace(/^fact\tclients.*\n/m, "");
    expect(() => parseObserved("host", text)).toThrow(
      expect.objectContaining({ message: 'host: the look at the host did not say "clients"', exitCode: 2 }),
    );
    expect(() => parseObserved("host", "")).toThrow(Problem);
  });

  test("a state of an entry: our own mistake", () => {
    const text = lookText().replace(/^package\tcertbot.*\n/m, "");
    const entry = runbook[0]!.entries.find(({ name }) => name === "certbot")!;
    expect(() => parseObserved("host", text).state(entry)).toThrow("the look printed no line for package certbot");
  });
});
