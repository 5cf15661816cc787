import { describe, expect, it } from "vitest";
import { planFleet } from "../../../fleet/plan.ts";
import { MIB, onDroplet, thousand, withCapacity } from "./planned.ts";

describe("queues", () => {
  it("of thousands of offline sessions are bounded to what is useful, and the size grows with them", () => {
    const plan = planFleet(withCapacity({ ...thousand, offlineSessions: 6019 }));
    expect(plan.maxQueuedMessages.value).toBe(100);
    expect(plan.maxQueuedMessages.arithmetic).toBe(
      "128 MiB budget ÷ (6019 offline sessions + 16 slow consumers) ÷ 584 bytes per message: 100, the least that is useful; 38 would fit, so the budget is exceeded and the size grows",
    );
    expect(plan.queueBytes.value).toBe(6035 * 100 * 584);
    expect(plan.memoryMaxBytes.value).toBeGreaterThan(1.5 * plan.queueBytes.value);
  });

  it("always fit into the memory that is planned", () => {
    for (const offlineSessions of [0, 10, 500, 5000]) {
      for (const payloadBytes of [1, 200, 5000, 100_000]) {
        const { queueBytes, memoryBytes, maxQueuedBytes, maxQueuedMessages } = planFleet(
          withCapacity({ offlineSessions, payloadBytes }),
        );
        expect(queueBytes.value).toBeGreaterThanOrEqual(
          offlineSessions * (maxQueuedBytes.value + maxQueuedMessages.value * 300),
        );
        expect(memoryBytes.value).toBeGreaterThan(queueBytes.value);
        expect(maxQueuedBytes.value).toBeGreaterThan(0);
        expect(maxQueuedMessages.value).toBeGreaterThanOrEqual(100);
      }
    }
  });

  it("and packets take the largest payload that is planned", () => {
    expect(planFleet(withCapacity({})).maxPacketBytes.value).toBe(131_072);
    expect(planFleet(withCapacity({ payloadBytes: 100_000 })).maxPacketBytes.value).toBe(524_288);
  });
});

describe("memory", () => {
  it("is the sum of its parts, and MemoryMax half as much again", () => {
    for (const mosquittoVersion of ["2.0.11", "2.0.21", "2.1.2"]) {
      const plan = planFleet(withCapacity(thousand), { mosquittoVersion });
      const parts = [
        plan.connectionMemoryBytes,
        plan.kernelBytes,
        plan.queueBytes,
        plan.retainedBytes,
        plan.offlineBytes,
        plan.accessBytes,
      ];
      expect(plan.memoryBytes.value).toBe(parts.reduce((sum, { value }) => sum + value, 15 * MIB));
      expect(plan.memoryMaxBytes.value).toBe(Math.ceil((plan.memoryBytes.value * 1.5) / MIB) * MIB);
    }
  });

  it("agrees with the measured example: 6,019 TLS connections on Debian 13 take 181 MB", () => {
    const plan = planFleet(
      withCapacity({ devices: 5000, backendServices: 5, monitoringTools: 3 }, { monitoring: { alertAt: 0.9 } }),
    );
    expect(plan.maxConnections.value).toBe(6019);
    expect(Math.round((15 * MIB + plan.connectionMemoryBytes.value + plan.kernelBytes.value) / MIB)).toBe(181);
  });
});

describe("the size", () => {
  it("is the smallest that holds broker and system, so a thousand devices do not get half a gigabyte", () => {
    expect(planFleet(withCapacity(thousand)).size).toEqual({
      slug: "s-1vcpu-1gb",
      monthlyDollars: 6,
      memoryBytes: 1024 * MIB,
      chosen: "auto",
      arithmetic: "177 MiB broker + 400 MiB system = 577 MiB: s-1vcpu-1gb has 1 GiB ($6 a month as of 2026-10)",
    });
    expect(planFleet(withCapacity({ devices: 20 })).size.slug).toBe("s-1vcpu-512mb-10gb");
  });

  it("gets a second core when the fleet would not be back within a minute", () => {
    expect(planFleet(withCapacity({ devices: 17_000 })).size.slug).toBe("s-1vcpu-2gb");
    expect(planFleet(withCapacity({ devices: 18_000 })).size.slug).toBe("s-2vcpu-2gb");
  });

  it("that fleet.yaml names stays, and is told to be too small with both numbers", () => {
    const plan = planFleet(withCapacity(thousand, onDroplet("s-1vcpu-512mb-10gb")));
    expect(plan.size).toEqual({
      slug: "s-1vcpu-512mb-10gb",
      monthlyDollars: 4,
      memoryBytes: 512 * MIB,
      chosen: "fleet.yaml",
      arithmetic: "177 MiB broker + 400 MiB system = 577 MiB: host.size is s-1vcpu-512mb-10gb with 512 MiB",
    });
    expect(plan.warnings).toEqual([
      "host.size: s-1vcpu-512mb-10gb is too small: the plan needs 577 MiB of memory (177 MiB broker + 400 MiB system), it has 512 MiB; use auto or s-1vcpu-1gb.",
    ]);
  });

  it("that is unknown is read from its name, or told to be unknown", () => {
    expect(planFleet(withCapacity(thousand, onDroplet("g-2vcpu-8gb"))).size).toMatchObject({
      memoryBytes: 8192 * MIB,
      monthlyDollars: undefined,
    });
    expect(planFleet(withCapacity(thousand, onDroplet("g-2vcpu-8gb"))).warnings).toEqual([]);
    expect(planFleet(withCapacity(thousand, onDroplet("gold"))).warnings).toEqual([
      "host.size: gold is not a size bednet knows, so nobody checked that it holds the plan; auto picks one.",
    ]);
  });
});
