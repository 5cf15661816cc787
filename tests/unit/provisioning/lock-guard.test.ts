// An older lock is refused with what it would bring back.
import { expect, test } from "vitest";
import { FleetKey } from "../../../fleet/credentials.ts";
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

test("a host of another fleet is told so, and nothing about its devices", () => {
  const other = updateLock({ ...fleet, devices: fleet.devices.slice(3) }, undefined, FleetKey.generate()).lock;
  expect(() => guardLock("host", other, lock)).toThrow(
    expect.objectContaining({
      exitCode: 1,
      message: `host runs another fleet's lock: that one was made with key ${other.keyId}, this fleet.lock with ${lock.keyId}`,
      fix: "Look at host.address in fleet.yaml: each fleet needs a host of its own. If this fleet has a new key since, your checkout is older: pull. --force gives the host to this fleet, and everybody of the other one is locked out; nothing was changed.",
    }),
  );
});

test("a new key of the same fleet passes, and the old one does not come back", () => {
  const renewed = updateLock(fleet, lock, FleetKey.generate(), { newKey: true }).lock;
  expect(() => guardLock("host", lock, renewed)).not.toThrow();
  expect(() => guardLock("host", renewed, lock)).toThrow("another fleet's lock");
});
