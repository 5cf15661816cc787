// A known name without its password is nobody.
import { defineCheck, fail, pass, unknown } from "./check.ts";
import { answerInWords, isAccepted, isRefused } from "./wire/login.ts";

export default defineCheck({
  id: "wrong-password",
  title: "A wrong password is refused",
  why: "Whoever knows or guesses a device's name could speak for it.",
  fix: "Set `password_file` and remove plugins that answer for it, then run `bednet converge`.",
  severity: "blocker",
  needs: ["password"],
  run({ password: { right, wrong } }) {
    if (isAccepted(wrong)) return fail("a login with a wrong password was accepted", "refused, with code 135");
    if (!isAccepted(right)) return unknown(`the right password was ${answerInWords(right)} too`);
    return isRefused(wrong)
      ? pass(`${answerInWords(wrong)}, and the same user's right password accepted`)
      : unknown(`no refusal was heard: the login was ${answerInWords(wrong)}`);
  },
  examples: {
    passes: [{ password: { right: { code: 0 }, wrong: { code: 135 } } }],
    fails: [{ password: { right: { code: 0 }, wrong: { code: 0 } } }],
    unknowns: [
      { password: { right: { code: 135 }, wrong: { code: 135 } } },
      { password: { right: { code: 0 }, wrong: "closed" } },
    ],
  },
});
