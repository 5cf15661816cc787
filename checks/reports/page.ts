// The documentation of a check, printed from the check itself: docs/checks/<id>.md.
import type { Check, Verdict } from "../check.ts";

const NOTE =
  "<!-- Printed from the checks themselves; `npx vitest run --project unit tests/unit/checks/docs.test.ts -u` prints it again. -->";

const cases = [
  { heading: "Passes", examples: "passes" },
  { heading: "Fails", examples: "fails" },
  { heading: "Does not apply", examples: "skips" },
  { heading: "Cannot be judged", examples: "unknowns" },
] as const;

export function checkPage(check: Check): string {
  const sections = cases.flatMap(({ heading, examples }) => {
    const shown = (check.examples[examples] ?? []).map((evidence) => {
      const json = JSON.stringify(evidence, null, 2);
      return `${verdictInWords(check.run(evidence))}\n\n\`\`\`json\n${json}\n\`\`\``;
    });
    return shown.length === 0 ? [] : [`### ${heading}`, ...shown];
  });
  return `${[
    NOTE,
    `# ${check.id}: ${check.title}`,
    `**Why it matters.** ${check.why}`,
    `**How to fix it.** ${check.fix}`,
    `When it fails, ${check.severity === "blocker" ? "verification fails (exit code 1)" : "it is shown as advice and verification goes on"}. Alone: \`bednet verify --only ${check.id}\`.`,
    `## Examples\n\nWhat is observed is kept apart from what is made of it. These are also the check's tests; the evidence is ${list(check.needs)}.`,
    ...sections,
  ].join("\n\n")}\n`;
}

export function indexPage(checks: readonly Check[]): string {
  const rows = checks.map(({ id, title }) => `| [${id}](${id}.md) | ${title} |`);
  return `${NOTE}\n\n# The production checklist\n\nIn the order in which \`bednet verify\` reports it.\n\n| check | what is true of a healthy broker |\n|---|---|\n${rows.join("\n")}\n`;
}

function verdictInWords(verdict: Verdict): string {
  if (verdict.outcome === "fail") return `Saw: ${verdict.saw}. Expected: ${verdict.expected}.`;
  return verdict.outcome === "pass" ? `Saw: ${verdict.saw}.` : `Because: ${verdict.because}.`;
}

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(" and ");
