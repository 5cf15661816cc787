import { describe, expect, it, test } from "vitest";
import { maxConnections, requiredConnections } from "../../../fleet/capacity.ts";
import { planFleet } from "../../../fleet/plan.ts";
import { thousand, withCapacity } from "./planned.ts";
import { sampleFleet } from "./sample.ts";

test("the plan of a thousand devices says how it came to every number", () => {
  const plan = planFleet(withCapacity(thousand));
  const said = Object.entries(plan).flatMap(([name, figure]) =>
    typeof figure === "object" && "arithmetic" in figure ? [`${name}: ${figure.arithmetic}`] : [],
  );
  expect(said).toEqual([
    "required: 1,000 × 1.2 + 5 × 2 + 2 × 3 = 1,216",
    "maxConnections: the smallest limit above the required 1,216 with 1,016 planned connections ÷ 1,271 = 79.9 %, below the alert at 80 %",
    "loopbackConnections: 1 health monitor + 1 watch + 4 while converging + 2 spare = 8",
    "fileDescriptors: 9 of its own + 1 log file + 1,271 connections + 8 loopback = 1,289",
    "fileDescriptorsHard: 1,289 + 16 for a reload at the cap = 1,305",
    "connectionMemoryBytes: 1,271 × 24 KiB per TLS connection (mosquitto 2.0.21, OpenSSL 3.5) = 29.8 MiB",
    "kernelBytes: 1,271 × 4.2 KiB per socket in the kernel = 5.2 MiB",
    "retainedBytes: 2,000 × 1.3 KiB per retained message = 2.5 MiB",
    "offlineBytes: 100 × 2.5 KiB per offline session = 250 KiB",
    "accessBytes: 1,062 users × 270 bytes + 197 ACL lines × 145 bytes = 307.9 KiB",
    "memoryBytes: 15 MiB broker + 29.8 MiB connections + 5.2 MiB kernel + 64.6 MiB queues + 2.5 MiB retained + 250 KiB offline sessions + 307.9 KiB users and ACL = 117.7 MiB",
    "memoryMaxBytes: 117.7 MiB × 1.5, rounded up to whole MiB = 177 MiB",
    "maxQueuedMessages: 128 MiB budget ÷ (100 offline sessions + 16 slow consumers) ÷ 584 bytes per message: 1,000, the usual bound; 1,981 would fit",
    "maxQueuedBytes: 1,000 messages × 200 bytes = 195.3 KiB",
    "queueBytes: 116 full queues × (195.3 KiB payload + 1,000 × 384 bytes of topic and overhead) = 64.6 MiB",
    "maxPacketBytes: 128 KiB, above 4 × 200 bytes",
    "hostMemoryBytes: 177 MiB broker + 400 MiB system = 577 MiB",
    "handshakesPerSecond: 1 s ÷ 0.44 ms per P-256 handshake ÷ 4 for a shared core = 568",
    "reconnectSpreadSeconds: 1,016 clients ÷ (0.5 × 568 handshakes per second) = 3.6",
    "perSourceConnections: 1,016 × 1.2 + 32 for verify, rounded up = 1,252 (the whole fleet may sit behind one address)",
    "perSourceNewPerSecond: 0.5 × 568 handshakes per second, the rate at which a whole site comes back = 284",
    "perSourceBurst: a whole site at once: 1,252",
    "alertConnections: 1,271 × 0.8, rounded up = 1,017",
    "size: 177 MiB broker + 400 MiB system = 577 MiB: s-1vcpu-1gb has 1 GiB ($6 a month as of 2026-10)",
    "bill: $6 droplet + about $1 uptime check = $7 a month, as of 2026-10",
  ]);
});

describe("required connections", () => {
  it.each([
    [1000, 5, 2, 1216, "1,000 × 1.2 + 5 × 2 + 2 × 3 = 1,216"],
    [5000, 5, 3, 6019, "5,000 × 1.2 + 5 × 2 + 3 × 3 = 6,019"],
    [1, 0, 0, 2, "1 × 1.2 + 0 × 2 + 0 × 3, rounded up = 2"],
    [35, 0, 0, 42, "35 × 1.2 + 0 × 2 + 0 × 3 = 42"],
    [1_000_000, 0, 0, 1_200_000, "1,000,000 × 1.2 + 0 × 2 + 0 × 3 = 1,200,000"],
  ])(
    "of %i devices, %i services and %i tools are %i × …",
    (devices, backendServices, monitoringTools, value, arithmetic) => {
      const { capacity } = withCapacity({ devices, backendServices, monitoringTools });
      expect(requiredConnections(capacity)).toEqual({ value, unit: "connections", arithmetic });
    },
  );

  it("never lose a connection to floating point", () => {
    for (let devices = 1; devices <= 20_000; devices++) {
      const exact = Number((BigInt(devices) * 12n + 9n) / 10n);
      if (requiredConnections(withCapacity({ devices, backendServices: 0 }).capacity).value !== exact)
        expect.fail(String(devices));
    }
  });
});

describe("the limit", () => {
  it("is the smallest one that holds what is required and leaves the planned fleet below the alert", () => {
    for (const alertAt of [0.5, 0.7, 0.8, 0.83, 0.9, 0.99]) {
      for (const devices of [100, 333, 1000, 1016, 4999, 25_000]) {
        const fleet = withCapacity({ devices, backendServices: 0 }, { monitoring: { alertAt } });
        const limit = maxConnections(fleet).value;
        const required = requiredConnections(fleet.capacity).value;
        const fits = (one: number): boolean => one >= required && devices / one < alertAt;
        expect([devices, alertAt, fits(limit), fits(limit - 1)]).toEqual([devices, alertAt, true, false]);
      }
    }
  });

  it("says so when the alert does not move it", () => {
    expect(maxConnections(withCapacity({ devices: 1000 }, { monitoring: { alertAt: 0.9 } })).arithmetic).toBe(
      "required 1,204; 1,004 planned connections ÷ 1,204 = 83.4 %, below the alert at 90 %",
    );
  });

  it("leaves a small fleet room for two verifies", () => {
    expect(maxConnections(withCapacity({ devices: 3, backendServices: 0 }))).toEqual({
      value: 18,
      unit: "connections",
      arithmetic: "3 planned + 1 person + 14 for two verifies = 18; 4 would already stay below the alert",
    });
  });

  it("is one descriptor less without IPv6", () => {
    const fleet = withCapacity(thousand);
    expect(planFleet(fleet, { ipv6: false }).fileDescriptors.value).toBe(planFleet(fleet).fileDescriptors.value - 1);
  });
});

describe("reconnecting", () => {
  it("is spread over the time that half of the handshakes take", () => {
    const plan = planFleet(withCapacity(thousand));
    expect(plan.handshakesPerSecond).toEqual({
      value: 568,
      unit: "per second",
      arithmetic: "1 s ÷ 0.44 ms per P-256 handshake ÷ 4 for a shared core = 568",
      source: "docs/measurements.md#handshakes",
    });
    expect(plan.reconnectSpreadSeconds.arithmetic).toBe("1,016 clients ÷ (0.5 × 568 handshakes per second) = 3.6");
    expect(planFleet(withCapacity({ devices: 10 })).reconnectSpreadSeconds.value).toBe(1);
  });

  it("costs more with an RSA key", () => {
    const rsa = sampleFleet({ "issuer: letsencrypt": "issuer: letsencrypt, keyType: rsa" });
    expect(planFleet(rsa).handshakesPerSecond.arithmetic).toBe(
      "1 s ÷ 0.62 ms per RSA-2048 handshake ÷ 4 for a shared core = 403",
    );
  });
});

describe("one source address", () => {
  it("may hold the whole fleet, but never the last connection", () => {
    for (const devices of [1, 20, 1000, 20_000]) {
      const { maxConnections, perSourceConnections } = planFleet(withCapacity({ devices }));
      expect(perSourceConnections.value).toBeLessThan(maxConnections.value);
      expect(perSourceConnections.value).toBeGreaterThanOrEqual(Math.min(devices * 1.2, maxConnections.value - 1));
    }
  });

  it("is held to the largest site when that is said", () => {
    const plan = planFleet(withCapacity({ ...thousand, largestSite: 100 }));
    expect(plan.perSourceConnections.arithmetic).toBe("100 × 1.2 + 32 for verify = 152 (the largest site)");
    expect(plan.perSourceBurst.value).toBe(152);
    expect(plan.perSourceNewPerSecond.value).toBe(284);
  });
});
