// The reports, whole, as they are read.
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../checks/check.ts";
import { checklist } from "../../../checks/checklist.ts";
import type { Report } from "../../../checks/report.ts";
import { jsonReport } from "../../../checks/reports/json.ts";
import { junitReport } from "../../../checks/reports/junit.ts";
import { makeOutput } from "../../../cli/output.ts";
import { reportText } from "../../../cli/report-text.ts";

const verdicts: Readonly<Record<string, Verdict>> = {
  "private-broker": { outcome: "pass", saw: "it knows this fleet's probes" },
  "certificate-name": { outcome: "pass", saw: "for mqtt.example.com\u001b[2J" },
  "class-isolation": { outcome: "skip", because: "fleet.yaml says `access: pooled`: classes share their patterns" },
  "sys-hidden": { outcome: "unknown", because: "nobody sees $SYS, not even the watcher that may" },
  "publish-denied": { outcome: "unknown", because: "certificate has expired; no password was sent" },
  "subscribe-denied": { outcome: "unknown", because: "certificate has expired; no password was sent" },
  "plain-port": {
    outcome: "fail",
    saw: "port 1883 of 203.0.113.9 accepts connections",
    expected: "no answer on port 1883",
  },
};
const report: Report = {
  target: { domain: "mqtt.example.com", address: "203.0.113.9", port: 8883 },
  startedAt: new Date("2026-11-22T12:00:00Z"),
  durationMs: 412,
  findings: checklist.filter(({ id }) => id in verdicts).map((check) => ({ check, verdict: verdicts[check.id]! })),
  gatheredMs: { ports: 12, probe: 80 },
};

/** As on a terminal of so many columns, or into a file. */
const pageOf = (columns?: number) =>
  makeOutput(
    { write: () => {}, ...(columns !== undefined && { isTTY: true, columns }) },
    { write: () => {} },
    { TERM: "xterm" },
  );
const plain = (text: string): string => text.replace(/\u001b\[\d+m/g, "");

describe("text", () => {
  test("failures first, with what to do; then the green list", async () => {
    await expect(reportText(report, pageOf())).toMatchFileSnapshot("../../golden/report.txt");
  });
  test("on a narrow terminal, whole", async () => {
    await expect(plain(reportText(report, pageOf(40)))).toMatchFileSnapshot("../../golden/report-narrow.txt");
  });
  test.each([40, 60, 80, 100])("fits %d columns", (columns) => {
    const lines = plain(reportText(report, pageOf(columns))).split("\n");
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });
  test("colours what it says without colour too", () => {
    const coloured = reportText(report, pageOf(100));
    expect(coloured).toContain("\u001b[31mFAIL\u001b[0m");
    expect(plain(coloured)).toBe(reportText(report, pageOf()));
  });
});

test("json names its schema and keeps the reasons", () => {
  const parsed = JSON.parse(jsonReport(report));
  expect(parsed).toMatchObject({
    schema: "bednet-report/1",
    target: { domain: "mqtt.example.com", address: "203.0.113.9", port: 8883 },
    startedAt: "2026-11-22T12:00:00.000Z",
    durationMs: 412,
    exitCode: 1,
    counts: { pass: 2, fail: 1, skip: 1, unknown: 3 },
    gatheredMs: { ports: 12, probe: 80 },
  });
  expect(Object.keys(parsed.findings[1])).toEqual([
    "id",
    "title",
    "severity",
    "outcome",
    "saw",
    "expected",
    "why",
    "fix",
  ]);
  expect(parsed.findings.map(({ id }: { id: string }) => id)).toEqual(report.findings.map(({ check }) => check.id));
});

describe("junit", () => {
  test("one case per check: why and how to fix it in a failure, no answer is an error", async () => {
    await expect(junitReport(report)).toMatchFileSnapshot("../../golden/report.junit.xml");
  });
  test("advice breaks no pipeline, as it does not fail the run", () => {
    const [first] = report.findings;
    const advice = { ...first!.check, severity: "advice" as const };
    const findings = [{ check: advice, verdict: { outcome: "fail", saw: "a < b & c", expected: '"d"' } as const }];
    const xml = junitReport({ ...report, findings });
    expect(xml).toContain('failures="0" errors="0" skipped="1"');
    expect(xml).toContain('<skipped message="advice, saw: a &lt; b &amp; c; expected: &quot;d&quot;"/>');
  });
  test("whatever a broker answers, it is XML", () => {
    const hostile = `]]></failure><x a='"&\u0000\u001b\ud800\uffff\n`;
    const findings = report.findings.map((finding) => ({
      ...finding,
      verdict: { outcome: "fail", saw: hostile, expected: hostile } as const,
    }));
    const parsed = spawnSync("python3", ["-c", "import sys, xml.dom.minidom as m; m.parse(sys.stdin.buffer)"], {
      input: junitReport({ ...report, findings }),
      encoding: "utf8",
    });
    expect(parsed.stderr).toBe("");
  });
});
