// A healthy certificate, as the examples of three checks begin with it.
import type { Certificate } from "./certificate.ts";

export const certificate: Certificate = {
  domain: "mqtt.example.com",
  names: ["DNS:mqtt.example.com"],
  carriesDomain: true,
  issuer: "C=US, O=Let's Encrypt, CN=E7",
  serial: "04A1",
  notBefore: "2026-10-01T00:00:00.000Z",
  notAfter: "2026-12-30T00:00:00.000Z",
  seenAt: "2026-11-01T00:00:00.000Z",
  trust: { isTrusted: true },
  outdated: [],
};
