// Every check is registered, small, and judges its own examples as it says.
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { Check, Outcome } from "../../../checks/check.ts";
import { checklist } from "../../../checks/checklist.ts";
import { openGatherers, probeGatherers } from "../../../checks/evidence/index.ts";

const folder = resolve(import.meta.dirname, "../../../checks");
/** What is in the folder beside the checks. */
const framework = ["check", "checklist", "choose", "deliberate", "gather", "report", "target", "verify"];
const files = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replace(/\.ts$/, ""));

test("the list holds every check in the folder once, under its file's name", () => {
  const ids = checklist.map(({ id }) => id);
  expect([...ids].sort()).toEqual(files.filter((file) => !framework.includes(file)).sort());
  expect(framework.filter((file) => !files.includes(file))).toEqual([]);
});

test("every kind of evidence is asked for by some check", () => {
  const asked = new Set(checklist.flatMap(({ needs }) => needs));
  expect([...asked].sort()).toEqual([...Object.keys(openGatherers), ...Object.keys(probeGatherers)].sort());
});

describe.each(checklist)("$id", (check: Check) => {
  const { passes, fails, skips = [], unknowns = [] } = check.examples;
  const source = readFileSync(resolve(folder, `${check.id}.ts`), "utf8");

  test("has at most 40 lines, and says in the first what it is for", () => {
    expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
    expect(source).toMatch(/^\/\/ [A-Z].*\.\n/);
  });
  test("has an example that passes and one that fails", () => {
    expect(passes.length).toBeGreaterThan(0);
    expect(fails.length).toBeGreaterThan(0);
  });
  test("is written in whole sentences, the title without a full stop", () => {
    expect(check.why).toMatch(/^[A-Z].*[^.]\.$/s);
    expect(check.fix).toMatch(/^[A-Z].*[.?]$/s);
    expect(check.title).toMatch(/^[A-Z].*[^.]$/);
  });
  const examples: [Outcome, readonly unknown[]][] = [
    ["pass", passes],
    ["fail", fails],
    ["skip", skips],
    ["unknown", unknowns],
  ];
  for (const [outcome, list] of examples)
    for (const [i, evidence] of list.entries())
      test(`example ${i + 1} of ${outcome}`, () => expect(check.run(evidence as never)).toMatchObject({ outcome }));
});
