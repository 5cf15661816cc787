// The figures as a table: what was measured, against what, the ratio, the goal, and whether it is met.
import type { Took } from "./rounds.ts";

export interface Row {
  readonly what: string;
  readonly against: string;
  readonly measured: Took;
  readonly yardstick: Took;
  /** `atMost`: smaller is better. */
  readonly goal: { readonly atMost: number } | { readonly atLeast: number };
}

export const ratioOf = ({ measured, yardstick }: Row): number => measured.medianMs / yardstick.medianMs;

export function isMet(row: Row): boolean {
  return "atMost" in row.goal ? ratioOf(row) <= row.goal.atMost : ratioOf(row) >= row.goal.atLeast;
}

export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    ms(row.measured),
    row.against,
    ms(row.yardstick),
    ratioOf(row).toFixed(2),
    "atMost" in row.goal ? `≤ ${row.goal.atMost}` : `≥ ${row.goal.atLeast}`,
    isMet(row) ? "met" : "not met",
  ]);
  const head = ["what", "median ms (least, times)", "÷", "median ms (least, times)", "ratio", "goal", ""];
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n");
}

const ms = ({ medianMs, leastMs, times }: Took): string =>
  `${Math.round(medianMs).toLocaleString("en-US")} (${Math.round(leastMs).toLocaleString("en-US")}, ${times}×)`;
