// A device hears what is meant for it.
import { defineCheck, fail, pass, unknown } from "./check.ts";

const subscribing = {
  filters: ["bednet/probe/a/other/down", "bednet/probe/#"],
  forbidden: ["bednet/probe/a/other/down"],
  heard: [],
  control: { topic: "bednet/probe/a/me/down", isHeard: true },
};

export default defineCheck({
  id: "subscribe-denied",
  title: "A device does not hear topics that are not its own",
  why: "One stolen device could listen to the whole fleet.",
  fix: "Run `bednet converge`: it writes the ACL again. A granted subscription is normal, Mosquitto decides at delivery.",
  severity: "blocker",
  needs: ["subscribing"],
  run({ subscribing: { forbidden, heard, control } }) {
    if (heard.length > 0) return fail(`a device hears ${heard.join(" and ")}`, "nothing but its own topics");
    return control.isHeard
      ? pass(`${forbidden.length} forbidden topics stayed silent, the device's own was heard after them`)
      : unknown(`what the device may hear did not arrive either (${control.topic})`);
  },
  examples: {
    passes: [{ subscribing }],
    fails: [{ subscribing: { ...subscribing, heard: subscribing.forbidden } }],
    unknowns: [{ subscribing: { ...subscribing, control: { ...subscribing.control, isHeard: false } } }],
  },
});
