import { expect, test } from "vitest";
import { parseEvent } from "../../../../stacks/terraform/events.ts";

const hook = (type: string, more: object = {}): string =>
  JSON.stringify({ type, hook: { resource: { addr: "terraform_data.verify" }, action: "create", ...more } });

test.each([
  [hook("apply_start"), { kind: "started", address: "terraform_data.verify", action: "create" }],
  [
    hook("apply_progress", { elapsed_seconds: 10 }),
    { kind: "working", address: "terraform_data.verify", action: "create", seconds: 10 },
  ],
  [
    hook("apply_complete", { elapsed_seconds: 12 }),
    { kind: "done", address: "terraform_data.verify", action: "create", seconds: 12 },
  ],
  [
    hook("apply_errored", { elapsed_seconds: 12 }),
    { kind: "failed", address: "terraform_data.verify", action: "create" },
  ],
  [
    hook("provision_progress", { output: "converged: 2 of 6 steps" }),
    { kind: "said", address: "terraform_data.verify", text: "converged: 2 of 6 steps" },
  ],
  [
    JSON.stringify({ diagnostic: { severity: "error", summary: "no", detail: "because", address: "a.b" } }),
    { kind: "error", address: "a.b", text: "no\nbecause" },
  ],
  [
    JSON.stringify({ diagnostic: { severity: "error", summary: "operation canceled", detail: "" } }),
    { kind: "error", address: undefined, text: "operation canceled" },
  ],
])("%s", (line, event) => {
  expect(parseEvent(line)).toEqual(event);
});

test.each([
  hook("provision_progress", { output: 'Executing: ["/bin/sh" "-c" "exec node cli/bin.mjs"]' }),
  hook("provision_start"),
  JSON.stringify({ type: "version", terraform: "1.11.4" }),
  JSON.stringify({ diagnostic: { severity: "warning", summary: "old" } }),
  "There are some problems with the CLI configuration:",
  "null",
  "",
])("is nothing to follow: %s", (line) => {
  expect(parseEvent(line)).toBeUndefined();
});
