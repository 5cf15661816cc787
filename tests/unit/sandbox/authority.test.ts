import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { makeAuthority } from "../../../sandbox/authority.ts";

const isSignedBy = (leaf: string, issuer: string): boolean => {
  const [child, parent] = [new X509Certificate(leaf), new X509Certificate(issuer)];
  return child.checkIssued(parent) && child.verify(parent.publicKey);
};

test.each(["ecdsa", "rsa"] as const)("an %s certificate fits its key, its names and its authority", async (keyType) => {
  const authority = await makeAuthority();
  const issued = await authority.issue({ names: ["mqtt.example.com", "192.0.2.1"], keyType });
  const leaf = new X509Certificate(issued.certificatePem);
  expect(leaf.checkPrivateKey(createPrivateKey(issued.privateKeyPem))).toBe(true);
  expect(leaf.publicKey.asymmetricKeyType).toBe(keyType === "rsa" ? "rsa" : "ec");
  expect(leaf.checkHost("mqtt.example.com")).toBe("mqtt.example.com");
  expect(leaf.checkHost("other.example.com")).toBeUndefined();
  expect(leaf.checkIP("192.0.2.1")).toBe("192.0.2.1");
  expect(leaf.ca).toBe(false);
  expect(leaf.serialNumber.toLowerCase().replace(/^0+/, "")).toBe(issued.serialNumber.replace(/^0+/, ""));
  expect(isSignedBy(issued.certificatePem, authority.rootPem)).toBe(true);
  expect(isSignedBy(issued.certificatePem, (await makeAuthority()).rootPem)).toBe(false);
  expect(issued.chainPem).toBe("");
  expect(issued.fullchainPem).toBe(issued.certificatePem);
});

test("under an intermediate, leaf and root are not enough", async () => {
  const root = await makeAuthority();
  const issued = await (await root.intermediate("bednet test intermediate")).issue({ names: ["mqtt.example.com"] });
  expect(isSignedBy(issued.certificatePem, root.rootPem)).toBe(false);
  expect(isSignedBy(issued.certificatePem, issued.chainPem)).toBe(true);
  expect(isSignedBy(issued.chainPem, root.rootPem)).toBe(true);
  expect(issued.fullchainPem).toBe(issued.certificatePem + issued.chainPem);
});

test("dates are as asked, so that an expired one can be made", async () => {
  const [notBefore, notAfter] = [new Date("2020-01-01T00:00:00Z"), new Date("2020-03-01T00:00:00Z")];
  const issued = await (await makeAuthority()).issue({ names: ["mqtt.example.com"], notBefore, notAfter });
  const leaf = new X509Certificate(issued.certificatePem);
  expect([new Date(leaf.validFrom), new Date(leaf.validTo)]).toEqual([notBefore, notAfter]);
});
