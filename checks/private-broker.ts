// The broker is this fleet's own. A public broker's name never comes so far: fleet.yaml may not hold it.
import { defineCheck, fail, pass, unknown } from "./check.ts";

export default defineCheck({
  id: "private-broker",
  title: "The broker is this fleet's own",
  why: "On a shared broker anybody reads every reading and may command every device.",
  fix: "Give the fleet a broker and a name of its own. If it has one, `bednet converge` brings it the current passwords; is the verify key this fleet's?",
  severity: "blocker",
  needs: ["probe"],
  run({ probe }) {
    if (probe.state === "refused") return fail(probe.because, "a broker that knows this fleet's probes");
    return probe.state === "known" ? pass("it knows this fleet's probes") : unknown(probe.because);
  },
  examples: {
    passes: [{ probe: { state: "known" } }],
    fails: [
      {
        probe: { state: "refused", because: "the login of bednet-probe-1-watcher was refused with code 135" },
      },
    ],
    unknowns: [{ probe: { state: "not tried", because: "certificate has expired; no password was sent" } }],
  },
});
