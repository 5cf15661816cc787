// The report that a person reads in ten seconds: what is wrong first, and what to do about it.
import { printable } from "../../remote/host.ts";
import type { Outcome } from "../check.ts";
import { countsOf, type Finding, type Report } from "../report.ts";

const codes = { pass: 32, fail: 31, skip: 90, unknown: 33 } as const satisfies Record<Outcome, number>;
const words = { pass: "ok", fail: "FAIL", skip: "skip", unknown: "UNKNOWN" } as const satisfies Record<Outcome, string>;
const WIDTH = 100;
const INDENT = " ".repeat(6);

/** Ends with a line break. Text from the broker cannot drive the terminal. */
export function textReport(report: Report, options: { readonly colour: boolean }): string {
  const paint: Paint = (outcome, text) => (options.colour ? `\u001b[${codes[outcome]}m${text}\u001b[0m` : text);
  const of = (outcome: Outcome): Finding[] => report.findings.filter(({ verdict }) => verdict.outcome === outcome);
  const failed = of("fail").sort((a, b) => weight(a) - weight(b));
  const blocks = [...failed.map((finding) => failedBlock(finding, paint)), ...unknownBlocks(of("unknown"), paint)];
  const width = Math.max(...report.findings.map(({ check }) => check.id.length));
  const lines = [...of("skip"), ...of("pass")].map(({ check, verdict }) => {
    const said = "saw" in verdict ? verdict.saw : verdict.because;
    return `${paint(verdict.outcome, words[verdict.outcome].padEnd(4))}  ${check.id.padEnd(width)}  ${printable(said)}`;
  });
  return `${[headline(report), ...blocks, lines.join("\n")].filter((part) => part !== "").join("\n\n")}\n`;
}

const weight = ({ check }: Finding): number => (check.severity === "blocker" ? 0 : 1);

function headline(report: Report): string {
  const { target, durationMs } = report;
  const { pass, fail, skip, unknown } = countsOf(report);
  const counts = [
    `${pass} passed`,
    ...(fail > 0 ? [`${fail} failed`] : []),
    ...(unknown > 0 ? [`${unknown} could not be judged`] : []),
    ...(skip > 0 ? [`${skip} skipped`] : []),
  ];
  const at = target.address === undefined ? "" : ` at ${target.address}`;
  return `${target.domain}:${target.port}${at}: ${counts.join(", ")}, ${(durationMs / 1000).toFixed(1)} s`;
}

type Paint = (outcome: Outcome, text: string) => string;

function failedBlock({ check, verdict }: Finding, paint: Paint): string {
  if (verdict.outcome !== "fail") throw new TypeError(`${check.id} did not fail`);
  const rows = { saw: verdict.saw, expected: verdict.expected, why: check.why, fix: check.fix };
  const advice = check.severity === "advice" ? " (advice)" : "";
  return [
    `${paint("fail", words.fail)}  ${check.id}: ${check.title}${advice}`,
    ...Object.entries(rows).map(([name, text]) => wrapped(`${INDENT}${name.padEnd(8)}  `, printable(text))),
  ].join("\n");
}

/** One block per reason: what a login needs is missing for many checks at once. */
function unknownBlocks(findings: readonly Finding[], paint: Paint): string[] {
  const reasons = new Map<string, string[]>();
  for (const { check, verdict } of findings) {
    const because = "because" in verdict ? verdict.because : "";
    reasons.set(because, [...(reasons.get(because) ?? []), check.id]);
  }
  return [...reasons].map(([because, ids]) => {
    const start = `${words.unknown}  `;
    const text = wrapped(start, ids.join(", ")).slice(start.length);
    return `${paint("unknown", words.unknown)}  ${text}\n${wrapped(`${INDENT}because  `, printable(because))}`;
  });
}

/** Further lines begin under the first one's text. */
function wrapped(start: string, text: string): string {
  const lines: string[] = [];
  let line = start;
  for (const word of text.split(/\s+/)) {
    const isFull = line.length + word.length > WIDTH && line.trimEnd().length > start.trimEnd().length;
    if (isFull) {
      lines.push(line.trimEnd());
      line = " ".repeat(start.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join("\n");
}
