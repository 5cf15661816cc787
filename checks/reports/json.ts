// The report that a program reads. A field may be added; one that changes its meaning makes a new schema.
import { countsOf, exitCodeOf, type Report } from "../report.ts";

export const REPORT_SCHEMA = "bednet-report/1";

export function jsonReport(report: Report): string {
  const { target, startedAt, durationMs, gatheredMs, findings } = report;
  const body = {
    schema: REPORT_SCHEMA,
    target: { domain: target.domain, address: target.address ?? null, port: target.port },
    startedAt: startedAt.toISOString(),
    durationMs,
    exitCode: exitCodeOf(report),
    counts: countsOf(report),
    findings: findings.map(({ check: { id, title, severity, why, fix }, verdict }) => ({
      id,
      title,
      severity,
      ...verdict,
      ...(verdict.outcome === "fail" ? { why, fix } : {}),
    })),
    gatheredMs,
  };
  return `${JSON.stringify(body, null, 2)}\n`;
}
