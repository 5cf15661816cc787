// bednet explain: what a number, a check or a widely copied mistake is about.
import { wrap } from "../columns.ts";
import { type Register, withExamples } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";

export default ((program, { output }) => {
  const command = program
    .command("explain [topic...]")
    .summary("tell what a number, a check or a common mistake is about")
    .description(
      "Tells what a number of the plan, a check of verify or a common mistake is about.\nWithout a topic it lists them.",
    )
    .option("--json", "print JSON");
  withExamples(command, "bednet explain", "bednet explain max-connections");

  command.action(async (words: readonly string[], { json }: { json?: true }) => {
    const { find, near, readExplanations } = await import("../explanations.ts");
    const { explanationText, listText } = await import("../explain-text.ts");
    const all = await readExplanations();
    const asked = words.join(" ");
    if (asked === "") return json ? output.json(all) : output.print(listText(all, output));
    const found = find(all, asked);
    if (found) return json ? output.json(found) : output.print(explanationText(found, output));
    const others = near(all, asked);
    const hint = others.length > 0 ? `(Did you mean ${others.join(", ")}?)` : "(`bednet explain` lists what there is)";
    const lines = [`error: nothing is known about '${asked}'`, hint].flatMap((line) => wrap(line, output.width));
    command.error(lines.join("\n"), { exitCode: exitCodes.usage });
  });
}) satisfies Register;
