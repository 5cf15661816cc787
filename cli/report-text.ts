// The report of verify as a person reads it in ten seconds: what is wrong first, and what to do about it.
import type { Outcome } from "../checks/check.ts";
import { countsOf, type Finding, type Report } from "../checks/report.ts";
import { printable } from "../remote/host.ts";
import { hang, widest } from "./columns.ts";
import type { Output } from "./output.ts";

const words = { pass: "ok", fail: "FAIL", skip: "skip", unknown: "UNKNOWN" } as const satisfies Record<Outcome, string>;
const colours = { pass: "green", fail: "red", skip: "dim", unknown: "yellow" } as const satisfies Record<
  Outcome,
  keyof Output["paint"]
>;
const INDENT = " ".repeat(6);

type Page = Pick<Output, "paint" | "width">;

/** Ends with a line break. Text from the broker cannot drive the terminal. */
export function reportText(report: Report, page: Page): string {
  const of = (outcome: Outcome): Finding[] => report.findings.filter(({ verdict }) => verdict.outcome === outcome);
  const failed = of("fail").sort((a, b) => weight(a) - weight(b));
  const blocks = [...failed.map((finding) => failedBlock(finding, page)), ...unknownBlocks(of("unknown"), page)];
  const idWidth = widest(report.findings.map(({ check }) => check.id));
  const lines = [...of("skip"), ...of("pass")].map(({ check, verdict }) => {
    const said = "saw" in verdict ? verdict.saw : verdict.because;
    const lead = `${marked(verdict.outcome, page, 4)}${check.id.padEnd(idWidth)}  `;
    return hang(lead, INDENT.length + idWidth + 2, printable(said), page.width);
  });
  const headline = hang("", 0, headlineOf(report), page.width);
  return `${[headline, ...blocks, lines.join("\n")].filter((part) => part !== "").join("\n\n")}\n`;
}

const weight = ({ check }: Finding): number => (check.severity === "blocker" ? 0 : 1);

const marked = (outcome: Outcome, { paint }: Page, width = 0): string =>
  `${paint[colours[outcome]](words[outcome].padEnd(width))}  `;

function headlineOf(report: Report): string {
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

function failedBlock({ check, verdict }: Finding, page: Page): string {
  if (verdict.outcome !== "fail") throw new TypeError(`${check.id} did not fail`);
  const rows = { saw: verdict.saw, expected: verdict.expected, why: check.why, fix: check.fix };
  const advice = check.severity === "advice" ? " (advice)" : "";
  return [
    hang(marked("fail", page), INDENT.length, `${check.id}: ${check.title}${advice}`, page.width),
    ...Object.entries(rows).map(([name, text]) =>
      hang(`${INDENT}${name.padEnd(8)}  `, INDENT.length + 10, printable(text), page.width),
    ),
  ].join("\n");
}

/** One block per reason: what a login needs is missing for many checks at once. */
function unknownBlocks(findings: readonly Finding[], page: Page): string[] {
  const reasons = new Map<string, string[]>();
  for (const { check, verdict } of findings) {
    const because = "because" in verdict ? verdict.because : "";
    reasons.set(because, [...(reasons.get(because) ?? []), check.id]);
  }
  return [...reasons].map(([because, ids]) =>
    [
      hang(marked("unknown", page), words.unknown.length + 2, ids.join(", "), page.width),
      hang(`${INDENT}because  `, INDENT.length + 9, printable(because), page.width),
    ].join("\n"),
  );
}
