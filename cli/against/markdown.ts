// A comparison as a comment on a change. Names and topics come from whoever proposed it, so they stay in a block of code:
// no link, no picture and no mention comes of them.
import type { Comparison } from "./comparison.ts";
import { comparisonText } from "./text.ts";

const plainPage = { width: 100, paint: { bold: plain, dim: plain, red: plain, green: plain, yellow: plain } };

export function comparisonMarkdown(comparison: Comparison): string {
  const text = comparisonText(comparison, plainPage);
  const longestRun = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(Math.max(3, longestRun + 1));
  return `### bednet plan: ${comparison.fleet}\n\n${fence}text\n${text}\n${fence}\n`;
}

function plain(text: string): string {
  return text;
}
