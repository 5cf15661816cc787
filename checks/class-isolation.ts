// The topics of a class are for its devices, even under one's own name.
import { defineCheck, fail, pass, skip, unknown } from "./check.ts";
import { isolation } from "./evidence/isolation-example.ts";

const expected = { limit: 1271, alertAt: 0.8, access: "sections" } as const;
const { publishing, subscribing } = isolation;
const deaf = { ...subscribing, control: { topic: "b/me/down", isHeard: false } };

export default defineCheck({
  id: "class-isolation",
  title: "A class's topics are closed to whoever is not of that class",
  why: "A moisture sensor could act as a valve: ACL patterns apply to everybody who logs in.",
  fix: "Leave `access: exact` in fleet.yaml and run `bednet converge`: each device then gets a section of its own.",
  severity: "blocker",
  needs: ["expected", "isolation"],
  run({ expected: { access }, isolation: { publishing, subscribing } }) {
    if (access === "pooled") return skip("fleet.yaml says `access: pooled`: classes share their patterns");
    const sent = publishing.forbidden.filter(({ code, isDelivered }) => isDelivered || code < 128);
    const says = sent.map(({ topic }) => `may publish to ${topic}`);
    const through = [...says, ...subscribing.heard.map((topic) => `hears ${topic}`)];
    if (through.length > 0) return fail(`a stranger to the class ${through.join(" and ")}`, "neither");
    return publishing.control.isDelivered && subscribing.control.isHeard
      ? pass("a stranger to the class could use its own topics only")
      : unknown("the stranger could not use its own topics either");
  },
  examples: {
    passes: [{ expected, isolation }],
    fails: [
      { expected, isolation: { publishing, subscribing: { ...subscribing, heard: subscribing.forbidden } } },
      { expected, isolation: { subscribing, publishing: { ...publishing, forbidden: [publishing.control] } } },
    ],
    skips: [{ expected: { ...expected, access: "pooled" }, isolation }],
    unknowns: [{ expected, isolation: { publishing, subscribing: deaf } }],
  },
});
