// The framework: what is run, what becomes of evidence that is not there, how a run ends.
import { describe, expect, test } from "vitest";
import { type Check, defineCheck, pass } from "../../../checks/check.ts";
import { checklist } from "../../../checks/checklist.ts";
import { choose } from "../../../checks/choose.ts";
import { countsOf, exitCodeOf, type Finding } from "../../../checks/report.ts";
import type { VerifyTarget } from "../../../checks/target.ts";
import { judge, verify } from "../../../checks/verify.ts";
import { reportText } from "../../../cli/report-text.ts";
import { Secret } from "../../../fleet/secret.ts";
import { noteTo } from "../cli/note-to.ts";

const target: VerifyTarget = {
  domain: "mqtt.example.com",
  address: "127.0.0.3",
  port: 1, // nobody listens there
  plainPort: 2,
  trust: "system",
  limit: 100,
  alertAt: 0.8,
  access: "patterns",
  credentials: (slot, part) => ({ name: `bednet-probe-${slot}-${part}`, password: new Secret("right") }),
};
const finding = (outcome: string, severity = "blocker"): Finding =>
  ({ check: { ...checklist[0]!, severity }, verdict: { outcome, saw: "", expected: "", because: "" } }) as Finding;

describe("choosing", () => {
  test("keeps the order of the list", () => {
    const chosen = choose(checklist, ["wrong-password", "plain-port"]);
    expect(chosen.map(({ id }) => id)).toEqual(["plain-port", "wrong-password"]);
  });
  test("an id that is not there is a mistake, with the one that was meant", () => {
    expect(() => choose(checklist, ["plain-prot", "what"])).toThrow(
      'there is no check "plain-prot"; did you mean plain-port?\nthere is no check "what"',
    );
  });
  test.each([[[]], [undefined]])("an empty list proves nothing (%j)", (only) => {
    expect(() => choose(only === undefined ? [] : checklist, only)).toThrow("an empty list proves nothing");
  });
});

describe("judging", () => {
  const check = checklist.find(({ id }) => id === "plain-port")!;
  test("evidence that could not be gathered is unknown, with the reason", () => {
    const gathered = new Map([["ports", { reason: "no route to host" }]] as const);
    expect(judge(check, gathered)).toEqual({ outcome: "unknown", because: "no route to host" });
  });
  test("evidence that nobody gathered is unknown", () => {
    expect(judge(check, new Map())).toEqual({ outcome: "unknown", because: "ports was not gathered" });
  });
  test("a check that throws is unknown and no more", () => {
    const gathered = new Map([["ports", { value: undefined }]] as const);
    expect(judge(check, gathered)).toMatchObject({ outcome: "unknown" });
  });
});

describe("exit code", () => {
  test.each([
    [["pass", "skip"], 0],
    [["pass", "unknown"], 2],
    [["unknown", "fail"], 1],
  ] as const)("%j is %d", (outcomes, code) => {
    expect(exitCodeOf({ findings: outcomes.map((outcome) => finding(outcome)) })).toBe(code);
  });
  test("advice is counted and decides nothing", () => {
    const findings = [finding("pass"), finding("fail", "advice"), finding("unknown", "advice")];
    expect(exitCodeOf({ findings })).toBe(0);
    expect(countsOf({ findings })).toEqual({ pass: 1, fail: 1, skip: 0, unknown: 1 });
  });
});

describe("a run", () => {
  test("where nobody listens: all is unknown for one reason, told once, and at once", async () => {
    const report = await verify(target);
    const because = "127.0.0.3 refuses connections to port 1";
    expect(report.findings.map(({ verdict }) => verdict)).toEqual(
      checklist.map(() => ({ outcome: "unknown", because })),
    );
    const text = reportText(report, noteTo([]));
    expect(text.split("UNKNOWN").length - 1).toBe(1);
    expect(text.split(because).length - 1).toBe(1);
    expect(exitCodeOf(report)).toBe(2);
    expect(report.durationMs).toBeLessThan(1_000);
  });
  test("gathers only what the chosen checks need", async () => {
    const report = await verify(target, { only: ["plain-port"] });
    expect(Object.keys(report.gatheredMs)).toEqual(["ports"]);
  });
  test("a name that does not resolve is unknown too", async () => {
    const { address: _, ...named } = { ...target, domain: "no-such-broker.invalid" };
    const report = await verify(named, { only: ["private-broker", "plain-port", "tls-version", "certificate-trust"] });
    for (const { verdict } of report.findings)
      expect(verdict).toEqual({ outcome: "unknown", because: "no-such-broker.invalid does not resolve" });
  });
  test("stops for its signal", async () => {
    const reason = new Error("Ctrl-C");
    await expect(verify(target, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

test("a check sees the evidence that it names, and no other", () => {
  const base = { id: "x", title: "T", why: "W", fix: "F", severity: "blocker" } as const;
  const examples = { passes: [], fails: [] };
  const wrong = { passes: [{ probe: "known" }], fails: [] } as const;
  const checks: Check[] = [
    // @ts-expect-error `sys` is not among its needs
    defineCheck({ ...base, examples, needs: ["ports"], run: ({ sys }) => pass(String(sys)) }),
    // @ts-expect-error a check must say an outcome
    defineCheck({ ...base, examples, needs: [], run: () => {} }),
    // @ts-expect-error an example is evidence of the kind that it needs
    defineCheck({ ...base, needs: ["probe"], run: () => pass(""), examples: wrong }),
  ];
  expect(checks.length).toBe(3);
});
