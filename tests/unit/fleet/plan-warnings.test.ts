import { describe, expect, it } from "vitest";
import { planFleet } from "../../../fleet/plan.ts";
import type { Fleet } from "../../../fleet/schema.ts";
import { onDroplet, thousand, withCapacity } from "./planned.ts";
import { sampleFleet } from "./sample.ts";

describe("warnings", () => {
  const warningsOf = (fleet: Fleet, mosquittoVersion?: string) =>
    planFleet(fleet, mosquittoVersion === undefined ? {} : { mosquittoVersion }).warnings;
  const two = {
    classes: {
      ...sampleFleet().classes,
      valve: { hardware: "esp8266" as const, publish: ["farm/{device}/state"], subscribe: [] },
    },
  };

  it("are none for a plan that holds", () => expect(warningsOf(withCapacity(thousand))).toEqual([]));

  it("name the cluster when one broker is not enough, and why", () => {
    const plan = planFleet(withCapacity({ devices: 30_000, messagesPerSecond: 12_000 }));
    expect(plan.engine).toBe("cluster");
    expect(plan.warnings).toEqual([
      "One Mosquitto is not enough: the plan needs 36,004 connections, the limit is 25,000. A cluster engine is recommended.",
      "One Mosquitto is not enough: the plan needs 12,000 messages per second, the limit is 10,000. A cluster engine is recommended.",
    ]);
    const heavy = planFleet(withCapacity({ offlineSessions: 100_000, payloadBytes: 10_000 }));
    expect([heavy.engine, heavy.warnings[0]]).toEqual([
      "cluster",
      "One Mosquitto is not enough: no droplet size holds the plan. A cluster engine is recommended.",
    ]);
  });

  it("say when messages come near what one core does", () => {
    expect(warningsOf(withCapacity({ messagesPerSecond: 6000 }))).toEqual([
      "6,000 messages per second is more than half of the 10,869 that one core does; watch dropped messages.",
    ]);
  });

  it("say how long a reload stalls on sections, where it does", () => {
    const fleet = withCapacity({ devices: 10_000 }, two);
    expect(warningsOf(fleet)).toEqual([
      "A reload stops the broker for about 0.2 s while Mosquitto 2.0.21 reads 10,062 ACL sections; one class, access: pooled or Mosquitto 2.1 avoid it.",
    ]);
    expect(warningsOf(fleet, "2.1.2")).toEqual([]);
    expect(warningsOf(withCapacity({ devices: 9000 }, two))).toEqual([]);
    expect(warningsOf(withCapacity({ devices: 10_000 }, { ...two, access: "pooled" }))).toEqual([
      "access: pooled: grants are pooled, so a device of any of the 2 classes may do what each class may, under its own id.",
    ]);
  });

  it("say what was assumed about a host nobody has seen", () => {
    const host: Fleet["host"] = {
      provider: "existing",
      address: "203.0.113.20",
      user: "root",
      port: 22,
      adminCidrs: ["0.0.0.0/0"],
    };
    expect(warningsOf(withCapacity({}, { host }))).toEqual([
      "host.adminCidrs: 0.0.0.0/0 lets the whole internet try SSH; name the networks you work from.",
      "The host's Mosquitto version is known only there; planned with 2.1.2, which needs the most memory.",
    ]);
    expect(planFleet(withCapacity({}, { host }), { mosquittoVersion: "2.0.21" }).mosquittoVersion).toBe("2.0.21");
    expect(warningsOf(withCapacity({}, onDroplet("auto", "fedora-43-x64")))).toEqual([
      "host.image: fedora-43-x64 is not an image bednet knows; planned with 2.1.2, which needs the most memory.",
    ]);
  });

  it("say what a distribution leaves open", () => {
    const hole = "as packaged can be crashed by a client (CVE-2024-8376); debian-13-x64 has it fixed.";
    expect(warningsOf(withCapacity({}, onDroplet("auto", "ubuntu-24-04-x64")))).toEqual([`Mosquitto 2.0.18 ${hole}`]);
    expect(warningsOf(withCapacity({}, onDroplet("auto", "ubuntu-22-04-x64")))).toEqual([`Mosquitto 2.0.11 ${hole}`]);
    expect(warningsOf(withCapacity({}, onDroplet("auto", "debian-12-x64")))).toEqual([]);
  });
});
