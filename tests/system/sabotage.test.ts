// Each check goes red, alone, on a real broker that was sabotaged for it; the healthy broker is green.
import { afterAll, expect, test } from "vitest";
import type { Outcome } from "../../checks/check.ts";
import { checklist } from "../../checks/checklist.ts";
import { exitCodeOf, type Report } from "../../checks/report.ts";
import { verify } from "../../checks/verify.ts";
import { isFrom21, type Style, startRig } from "./broker-rig.ts";
import { type Row, removeScratch, rows } from "./sabotages.ts";

const styles = ["patterns", "sections"] as const satisfies Style[];
const table: string[] = [];
const ids = (report: Report, outcome: Outcome): string[] =>
  report.findings.filter(({ verdict }) => verdict.outcome === outcome).map(({ check }) => check.id);
const sorted = (list: readonly string[]): string[] => [...list].sort();

afterAll(() => {
  removeScratch();
  console.log(table.join("\n"));
});

test("every check has a sabotage", () => {
  expect(sorted([...new Set(rows.map(({ check }) => check))])).toEqual(sorted(checklist.map(({ id }) => id)));
});

test.each(styles)("a healthy broker is all green (%s)", async (style) => {
  const { report } = await verified(style);
  expect(report.findings.filter(({ verdict }) => verdict.outcome !== "pass")).toEqual([]);
  expect(exitCodeOf(report)).toBe(0);
});

const cases = rows.flatMap((row) => (row.styles ?? styles).map((style) => ({ ...row, style })));
test.for(cases)("$check sees: $how ($style)", async (row, context) => {
  const { report, isBeyond } = await verified(row.style, row);
  context.skip(isBeyond, "this mosquitto cannot be broken so");
  expect(ids(report, "fail")).toEqual([row.check]);
  expect(sorted(ids(report, "unknown"))).toEqual(sorted(row.unknown ?? []));
  expect(ids(report, "skip")).toEqual([]);
  expect(exitCodeOf(report)).toBe(1);
});

async function verified(style: Style, row?: Row): Promise<{ report: Report; isBeyond: boolean }> {
  const rig = await startRig(style, row?.sabotage);
  let undo = async (): Promise<void> => {};
  try {
    undo = (await row?.before?.(rig)) ?? undo;
    const report = await verify(rig.target);
    const seen = report.findings.find(({ check }) => check.id === row?.check)?.verdict;
    const counts = `${ids(report, "pass").length} pass, ${ids(report, "unknown").length} unknown, ${report.durationMs} ms`;
    const red = ids(report, "fail").join(" ") || "-";
    const saw = seen !== undefined && "saw" in seen ? ` | ${seen.saw}` : "";
    table.push(`${red} | ${row?.how ?? "healthy"} (${style}) | ${counts}${saw}`);
    return { report, isBeyond: row?.isOf20 === true && isFrom21(rig) };
  } finally {
    await undo();
    await rig.broker.stop();
  }
}
