import { expect, test } from "vitest";
import { lockedState } from "../../../../stacks/terraform/locked.ts";

const said = `
Error: Error acquiring the state lock

Error message: resource temporarily unavailable
Lock Info:
  ID:        426a4cdf-11f3-d108-725c-ecc4f3e897b2
  Path:      ../../../.bednet/terraform.tfstate
  Operation: OperationTypeApply
  Who:       ana@laptop
  Version:   1.11.4
  Created:   2026-11-22 23:34:49.944692733 +0000 UTC
  Info:      

Terraform acquires a state lock to protect the state from being written
by multiple users at the same time.`;

test.each([
  ["plain", said],
  ["in a box", said.replace(/^/gm, "│ ")],
])("says who holds the state, and how to free it for good: %s", (_, text) => {
  expect(lockedState(text, "terraform -chdir=cdktf.out/stacks/farm force-unlock")).toMatchObject({
    message: "another run holds the state: ana@laptop, since 2026-11-22 23:34:49.944692733 +0000 UTC",
    fix: "Wait until it has ended, then run the command again. If it is gone for good, free the state: terraform -chdir=cdktf.out/stacks/farm force-unlock 426a4cdf-11f3-d108-725c-ecc4f3e897b2. Nothing was changed.",
    exitCode: 2,
  });
});

test("everything else is left to whoever knows more", () => {
  expect(lockedState("Error: Unsupported argument", "terraform force-unlock")).toBeUndefined();
});
