import { expect, test } from "vitest";
import { leaseOf } from "../../../sandbox/lease.ts";

test("every number has two addresses of a /30 of its own in 198.19.0.0/16", () => {
  expect(leaseOf(0)).toMatchObject({ name: "bednet-0", hostAddress: "198.19.0.1", guestAddress: "198.19.0.2" });
  expect(leaseOf(63)).toMatchObject({ hostAddress: "198.19.0.253", guestAddress: "198.19.0.254" });
  expect(leaseOf(64)).toMatchObject({ hostAddress: "198.19.1.1", guestAddress: "198.19.1.2" });
  expect(leaseOf(16_383)).toMatchObject({ hostAddress: "198.19.255.253", guestAddress: "198.19.255.254" });
  const all = new Set(Array.from({ length: 16_384 }, (_, number) => leaseOf(number).guestAddress));
  expect(all.size).toBe(16_384);
});
