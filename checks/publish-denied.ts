// A device speaks for itself only.
import { defineCheck, fail, pass, unknown } from "./check.ts";

const NOT_AUTHORIZED = 135;
const control = { topic: "bednet/probe/a/me/up", code: 0, isDelivered: true };
const denied = { topic: "bednet/probe/a/other/up", code: NOT_AUTHORIZED, isDelivered: false };

export default defineCheck({
  id: "publish-denied",
  title: "A device cannot publish to topics that are not its own",
  why: "One stolen device could report for all the others, or send them commands.",
  fix: "Run `bednet converge`: it writes the ACL again. A broker that reloads a broken ACL file denies nothing; its log says so.",
  severity: "blocker",
  needs: ["publishing"],
  run({ publishing: { forbidden, control } }) {
    const through = forbidden.filter(({ code, isDelivered }) => isDelivered || code < 128);
    if (through.length > 0) {
      const saw = through.map((one) => `${one.topic} (code ${one.code}${one.isDelivered ? ", delivered" : ""})`);
      return fail(`a device may publish to ${saw.join(" and ")}`, `code ${NOT_AUTHORIZED} and no delivery`);
    }
    if (!control.isDelivered)
      return unknown(`what the device may publish did not arrive either (code ${control.code} on ${control.topic})`);
    const codes = [...new Set(forbidden.map(({ code }) => code))].join(" and ");
    return pass(`${forbidden.length} forbidden topics refused with code ${codes}, the device's own was delivered`);
  },
  examples: {
    passes: [{ publishing: { forbidden: [denied], control } }],
    fails: [
      { publishing: { forbidden: [{ ...denied, code: 0, isDelivered: true }], control } },
      { publishing: { forbidden: [denied, { ...denied, code: 16 }], control } },
      { publishing: { forbidden: [{ ...denied, isDelivered: true }], control } },
    ],
    unknowns: [{ publishing: { forbidden: [denied], control: { ...control, code: 135, isDelivered: false } } }],
  },
});
