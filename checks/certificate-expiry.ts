// The certificate has enough of its life left for renewal to have several more tries.
import { defineCheck, fail, pass } from "./check.ts";
import { certificate } from "./evidence/certificate-example.ts";

const DAY_MS = 24 * 3_600_000;
/** certbot renews when a third of the life is left; half of that has then passed without success. */
const SHARE_LEFT = 1 / 6;
/** A certificate that lives for years need not be renewed a year early. */
const ENOUGH_DAYS = 30;

export default defineCheck({
  id: "certificate-expiry",
  title: "The certificate is valid, and renewal is not overdue",
  why: "On the day it expires every device stops connecting, all at once.",
  fix: "On the host: `systemctl status certbot.timer` and `journalctl -u certbot` say why renewal fails; then run `bednet converge`.",
  severity: "blocker",
  needs: ["certificate"],
  run({ certificate: { notBefore, notAfter, seenAt, outdated } }) {
    const [from, to, now] = [notBefore, notAfter, seenAt].map((date) => Date.parse(date)) as [number, number, number];
    const [lifeDays, leftDays] = [(to - from) / DAY_MS, (to - now) / DAY_MS];
    const needDays = Math.min(lifeDays * SHARE_LEFT, ENOUGH_DAYS);
    const seen = `${leftDays.toFixed(1)} of ${lifeDays.toFixed(1)} days left, until ${notAfter.slice(0, 10)}`;
    const wanted = `at least ${needDays.toFixed(1)} days left`;
    if (leftDays <= 0) return fail(`expired on ${notAfter.slice(0, 10)}`, wanted);
    if (now < from) return fail(`not valid before ${notBefore}, and it is ${seenAt} by the clock here`, wanted);
    if (outdated.length > 0) return fail(`out of date above it: ${outdated.join(", ")}`, "a chain that is valid now");
    return leftDays < needDays ? fail(seen, wanted) : pass(leftDays < lifeDays / 3 ? `${seen}; renewal is due` : seen);
  },
  examples: {
    passes: [{ certificate }, { certificate: { ...certificate, seenAt: "2026-12-10T00:00:00.000Z" } }],
    fails: [
      { certificate: { ...certificate, seenAt: "2026-12-16T00:00:00.000Z" } },
      { certificate: { ...certificate, seenAt: "2027-01-01T00:00:00.000Z" } },
      { certificate: { ...certificate, seenAt: "2026-09-30T00:00:00.000Z" } },
      { certificate: { ...certificate, outdated: ["CN=Old Intermediate"] } },
    ],
  },
});
