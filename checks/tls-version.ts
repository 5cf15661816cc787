// Old TLS is refused, current TLS is spoken.
import { defineCheck, fail, pass, unknown } from "./check.ts";

const accepted = { answer: "accepted" } as const;
const refused = { answer: "refused", alert: "protocol version" } as const;
const unclear = { answer: "unclear", because: "no protocols available", isSilence: false } as const;
const healthy = { TLSv1: refused, "TLSv1.1": refused, "TLSv1.2": accepted, "TLSv1.3": accepted };

export default defineCheck({
  id: "tls-version",
  title: "TLS 1.2 or 1.3 is spoken, 1.0 and 1.1 are refused",
  why: "TLS 1.0 and 1.1 can be broken by whoever sits between device and broker, and no audit accepts them.",
  fix: "Set `tls_version tlsv1.2` on the listener (bednet's own configuration does), then run `bednet converge`.",
  severity: "blocker",
  needs: ["tlsVersions"],
  run({ tlsVersions }) {
    const old = ["TLSv1", "TLSv1.1"] as const;
    const current = ["TLSv1.2", "TLSv1.3"] as const;
    const spoken = old.filter((version) => tlsVersions[version].answer === "accepted");
    if (spoken.length > 0) return fail(`${spoken.join(" and ")} accepted`, "refused by the broker");
    const good = current.filter((version) => tlsVersions[version].answer === "accepted");
    if (current.every((version) => tlsVersions[version].answer === "refused"))
      return fail("neither TLS 1.2 nor 1.3 is accepted", "one of them at least");
    for (const version of good.length > 0 ? old : current) {
      const seen = tlsVersions[version];
      if (seen.answer === "unclear") return unknown(`whether it speaks ${version} is unclear: ${seen.because}`);
    }
    return pass(`${good.join(" and ")} accepted, older ones refused by the broker's alert`);
  },
  examples: {
    passes: [{ tlsVersions: healthy }, { tlsVersions: { ...healthy, "TLSv1.2": refused } }],
    fails: [
      { tlsVersions: { ...healthy, "TLSv1.1": accepted } },
      { tlsVersions: { ...healthy, "TLSv1.2": refused, "TLSv1.3": refused } },
    ],
    unknowns: [{ tlsVersions: { ...healthy, "TLSv1.1": unclear } }],
  },
});
