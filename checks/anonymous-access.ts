// Whoever gives no name gets no session.
import { defineCheck, fail, pass, unknown } from "./check.ts";
import { answerInWords, isAccepted, isRefused } from "./wire/login.ts";

export default defineCheck({
  id: "anonymous-access",
  title: "A login without a name is refused",
  why: "Anybody who finds the broker could listen, and send commands to devices.",
  fix: "Set `allow_anonymous false` (bednet's own configuration does), then run `bednet converge`.",
  severity: "blocker",
  needs: ["anonymous"],
  run({ anonymous: { v5, v311 } }) {
    if (isAccepted(v5) || isAccepted(v311))
      return fail(
        `anonymous login: MQTT 5 ${answerInWords(v5)}, 3.1.1 ${answerInWords(v311)}`,
        "both refused, MQTT 5 with code 135 and 3.1.1 with code 5",
      );
    return isRefused(v5) && isRefused(v311)
      ? pass(`refused with code ${codeOf(v5)} (MQTT 5) and ${codeOf(v311)} (3.1.1)`)
      : unknown(`no refusal was heard: MQTT 5 ${answerInWords(v5)}, 3.1.1 ${answerInWords(v311)}`);
  },
  examples: {
    passes: [{ anonymous: { v5: { code: 135 }, v311: { code: 5 } } }],
    fails: [
      { anonymous: { v5: { code: 0 }, v311: { code: 0 } } },
      { anonymous: { v5: { code: 135 }, v311: { code: 0 } } },
    ],
    unknowns: [
      { anonymous: { v5: "closed", v311: { code: 5 } } },
      { anonymous: { v5: { code: 137 }, v311: { code: 5 } } },
    ],
  },
});

const codeOf = (answer: { readonly code: number } | "closed"): number => (answer === "closed" ? -1 : answer.code);
