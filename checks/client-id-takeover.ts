// A session belongs to the user, not to whoever claims its client id.
import { defineCheck, fail, pass, unknown } from "./check.ts";

const takeover = { rival: "accepted", isRivalKnown: true, victim: "stayed" } as const;

export default defineCheck({
  id: "client-id-takeover",
  title: "Nobody throws another user out by claiming its client id",
  why: "One stolen device could keep every other device offline; ids are printed on their boxes.",
  fix: "Set `use_username_as_clientid true` on the listener (bednet's own configuration does), then run `bednet converge`.",
  severity: "blocker",
  needs: ["takeover"],
  run({ takeover: { rival, isRivalKnown, victim } }) {
    if (victim === "thrown out")
      return fail("a user was thrown out by another one with its client id", "both users stay connected");
    if (!isRivalKnown) return unknown("the rival could not log in with its own client id either");
    return pass(rival === "accepted" ? "both users stayed" : "the foreign client id was refused");
  },
  examples: {
    passes: [{ takeover }, { takeover: { ...takeover, rival: "refused" } }],
    fails: [{ takeover: { ...takeover, victim: "thrown out" } }],
    unknowns: [{ takeover: { ...takeover, rival: "refused", isRivalKnown: false } }],
  },
});
