// The report as JUnit XML, which pipelines show beside a change: a check is a test case.
import { printable } from "../../remote/host.ts";
import { countsOf, type Finding, type Report } from "../report.ts";

export function junitReport(report: Report): string {
  const { target, findings, startedAt, durationMs } = report;
  const { skip } = countsOf(report);
  const advice = findings.filter(isMereAdvice).length;
  const blocking = findings.filter((finding) => !isMereAdvice(finding));
  const of = (outcome: "fail" | "unknown"): number =>
    blocking.filter(({ verdict }) => verdict.outcome === outcome).length;
  const suite = attributes({
    name: `bednet verify ${target.domain}:${target.port}`,
    tests: findings.length,
    failures: of("fail"),
    errors: of("unknown"),
    skipped: skip + advice,
    timestamp: startedAt.toISOString().replace(/Z$/, ""),
    time: (durationMs / 1000).toFixed(3),
  });
  const cases = findings.map((finding) => testCase(finding, target.domain));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite${suite}>\n${cases.join("\n")}\n</testsuite>\n</testsuites>\n`;
}

/** Verification goes on and ends well: a pipeline must not show it as broken. */
const isMereAdvice = ({ check, verdict }: Finding): boolean =>
  check.severity === "advice" && (verdict.outcome === "fail" || verdict.outcome === "unknown");

function testCase(finding: Finding, domain: string): string {
  const { check } = finding;
  const head = `<testcase${attributes({ classname: domain, name: `${check.id}: ${check.title}` })}`;
  const said = outcome(finding);
  return said === "" ? `${head}/>` : `${head}>${said}</testcase>`;
}

function outcome(finding: Finding): string {
  const { check, verdict } = finding;
  if (verdict.outcome === "pass") return "";
  if (verdict.outcome === "skip") return `<skipped${attributes({ message: verdict.because })}/>`;
  if (verdict.outcome === "unknown") {
    return `<${isMereAdvice(finding) ? "skipped" : "error"}${attributes({ message: verdict.because })}/>`;
  }
  const message = `saw: ${verdict.saw}; expected: ${verdict.expected}`;
  if (isMereAdvice(finding)) return `<skipped${attributes({ message: `advice, ${message}` })}/>`;
  return `<failure${attributes({ message })}>${xmlText(`Why: ${check.why}\nFix: ${check.fix}`)}</failure>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlText(String(value)).replace(/\s/g, " ")}"`)
    .join("");
}

/** XML 1.0 has no spelling for control characters, lone surrogates and two others. */
function xmlText(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
  return printable(text)
    .replace(/[\p{Surrogate}\ufffe\uffff]/gu, "\ufffd")
    .replace(/[&<>"']/g, (mark) => entities[mark]!);
}
