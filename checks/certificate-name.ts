// The certificate is for the name that devices connect to.
import { defineCheck, fail, pass } from "./check.ts";
import { certificate } from "./evidence/certificate-example.ts";

export default defineCheck({
  id: "certificate-name",
  title: "The certificate carries the broker's name",
  why: "Devices that check the name refuse to connect; those that do not can be led to any server with any certificate.",
  fix: "Issue it for `broker.domain` of fleet.yaml, as a subject alternative name; `bednet converge` does.",
  severity: "blocker",
  needs: ["certificate"],
  run: ({ certificate: { carriesDomain, domain, names } }) =>
    carriesDomain
      ? pass(`for ${domain}`)
      : fail(`for ${names.length === 0 ? "no name at all" : names.join(", ")}`, `DNS:${domain}`),
  examples: {
    passes: [{ certificate }],
    fails: [
      { certificate: { ...certificate, carriesDomain: false, names: ["DNS:other.example.com"] } },
      { certificate: { ...certificate, carriesDomain: false, names: [] } },
    ],
  },
});
