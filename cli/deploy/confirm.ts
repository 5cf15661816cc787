// Asks before something is changed; where nobody can answer, the command line must have said it.
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { Problem } from "../../fleet/problem.ts";
import type { Context } from "../command.ts";

/** Resolves when the answer is yes; everything else, silence too, is a Problem. */
export async function confirm(
  question: string,
  expected: string,
  { stdin, output, signal }: Pick<Context, "stdin" | "output" | "signal">,
): Promise<void> {
  if (!stdin.isTTY) {
    throw new Problem(
      "nobody is there to confirm this: it was not started from a terminal",
      "Read the summary above, then run the command again with --auto-approve; nothing was changed.",
    );
  }
  output.note(question);
  const lines = createInterface({ input: stdin });
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const closed = once(lines, "close").then(() => "");
    const answer = await Promise.race([lines.question("> ", { signal }).catch(() => ""), closed]);
    signal.throwIfAborted();
    if (answer.trim() === expected) return;
  } finally {
    lines.close();
  }
  throw new Problem(`the answer was not "${expected}"`, "Nothing was changed.");
}
