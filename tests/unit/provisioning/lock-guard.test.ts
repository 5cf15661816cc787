// An older lock is refused with what it would bring back.
import { expect, test } from "vitest";
import { updateLock } from "../../../fleet/lock.ts";
import { guardLock } from "../../../provisioning/lock-guard.ts";
import { exampleKey } from "../../example-bundle.ts";
import { fleet, lock } from "./sample.ts";

const without = (count: number) => updateLock({ ...fleet, devices: fleet.devices.slice(count) }, lock, exampleKey).lock;

test("a newer lock, and the same one, pass", () => {
  expect(() => guardLock("host", lock, without(2))).not.toThrow();
  expect(() => guardLock("host", lock, lock)).not.toThrow();
});

test("one that brings devices back is told device by device, five at most", () => {
  expect(() => guardLock("host", without(1), lock)).toThrow(
    expect.objectContaining({
      exitCode: 1,
      message:
        "host runs lock serial 2, and this fleet.lock (serial 1) would go back:\n  soil-north-1 is revoked, and generation 1 comes back",
    }),
  );
  expect(() => guardLock("host", without(6), lock)).toThrow(/comes back\n {2}and 1 more$/);
});
