// The broker's own statistics are for its monitors.
import { defineCheck, fail, pass, unknown } from "./check.ts";

const sys = { deviceHeard: [], isControlHeard: true, watcherSees: true };

export default defineCheck({
  id: "sys-hidden",
  title: "A device does not see $SYS",
  why: "It tells whoever stole one device the version to attack, and how many others there are.",
  fix: "Remove `$SYS/#` from patterns and from devices' grants, then run `bednet converge`.",
  severity: "blocker",
  needs: ["sys"],
  run({ sys: { deviceHeard, isControlHeard, watcherSees } }) {
    const [first, ...more] = deviceHeard;
    if (first !== undefined) return fail(`a device hears ${first} and ${more.length} more`, "nothing under $SYS");
    if (!watcherSees) return unknown("nobody sees $SYS, not even the watcher that may");
    return isControlHeard
      ? pass("silent for a device, visible to the watcher")
      : unknown("what the device may hear did not arrive either");
  },
  examples: {
    passes: [{ sys }],
    fails: [{ sys: { ...sys, deviceHeard: ["$SYS/broker/version"] } }],
    unknowns: [{ sys: { ...sys, watcherSees: false } }, { sys: { ...sys, isControlHeard: false } }],
  },
});
