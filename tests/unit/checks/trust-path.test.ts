// Whether a chain leads to a root when dates do not count, on certificates that were really signed.
import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { findPath } from "../../../checks/wire/trust-path.ts";
import { makeAuthority } from "../../../sandbox/authority.ts";

const long = { notBefore: new Date("2020-01-01"), notAfter: new Date("2020-03-01") };
const ours = await makeAuthority({ name: "root" });
const between = await ours.intermediate("between");
const expired = await between.issue({ names: ["mqtt.example.com"], ...long });
const leaf = new X509Certificate(expired.certificatePem);
const middle = new X509Certificate(expired.chainPem);
const root = new X509Certificate(ours.rootPem);

test("an expired leaf still leads to its root", () => {
  expect(findPath(leaf, [middle], [root])).toEqual([leaf, middle, root]);
});
test("not without the certificate between", () => {
  expect(findPath(leaf, [], [root])).toBeUndefined();
});
test("not to a root of the same name with another key", async () => {
  const namesake = new X509Certificate((await makeAuthority({ name: "root" })).rootPem);
  expect(findPath(leaf, [middle], [namesake])).toBeUndefined();
});
test("not through a certificate that may not sign", async () => {
  const endEntity = new X509Certificate((await ours.issue({ names: ["between"] })).certificatePem);
  expect(findPath(leaf, [endEntity], [root])).toBeUndefined();
});
test("a certificate that is trusted itself needs no other", () => {
  expect(findPath(leaf, [], [leaf])).toEqual([leaf]);
});
