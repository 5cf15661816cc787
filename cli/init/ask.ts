// Asks on a terminal for what was not given, and again for what was wrong.
import { createInterface } from "node:readline";
import { Problem } from "../../fleet/problem.ts";
import type { Context } from "../command.ts";
import { wrongAnswers } from "./fleet-file.ts";
import { type Answers, type Setting, settings, worthAsking } from "./settings.ts";

type Terminal = Pick<Context, "stdin" | "output" | "signal">;

/** Comes back with answers that are complete and right. */
export async function ask(given: Answers, ci: boolean, { stdin, output, signal }: Terminal): Promise<Answers> {
  // Not a terminal interface: the terminal itself echoes, edits a line and turns Ctrl-C into a signal.
  const lines = createInterface({ input: stdin, terminal: false });
  const close = (): void => lines.close();
  signal.addEventListener("abort", close, { once: true });
  const typed = lines[Symbol.asyncIterator]();
  const answers: { [Key in Setting["key"]]?: string } = { ...given };
  const question = async ({ key, question, example }: Setting): Promise<void> => {
    output.note(`${question}, such as ${example}:`);
    const { value, done } = await typed.next();
    signal.throwIfAborted();
    if (done) throw new Problem("the questions were not answered", "Run the command again; nothing was written.");
    answers[key] = value.trim();
  };
  try {
    for (;;) {
      const next = settings.find((one) => answers[one.key] === undefined && isAsked(one, answers, ci));
      if (next !== undefined) {
        await question(next);
        continue;
      }
      const wrong = wrongAnswers(answers, ci);
      if (wrong.length === 0) return answers;
      for (const { flag, says } of wrong) {
        const again = settings.find((one) => one.flag === flag);
        if (again === undefined) throw new Problem(`${flag}: ${says}`, "Nothing was written.");
        output.note(`${again.path}: ${says}`);
        if (isAsked(again, answers, ci) || again.asked(answers, ci) === "may") await question(again);
        else delete answers[again.key];
      }
    }
  } finally {
    signal.removeEventListener("abort", close);
    lines.close();
  }
}

const isAsked = ({ key, asked }: Setting, answers: Answers, ci: boolean): boolean => {
  const how = asked(answers, ci);
  return how === "must" || (how === "may" && worthAsking.includes(key));
};
