// The register of steps: every file is in the runbook under its own name, and docs/steps.md says what each makes true.
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { runbook } from "../../../provisioning/runbook.ts";
import { bundle } from "./sample.ts";

const root = resolve(import.meta.dirname, "../../..");

test("the runbook holds every step once, under its file's name", () => {
  const files = readdirSync(resolve(root, "provisioning/steps")).map((file) => file.replace(/\.ts$/, ""));
  expect(runbook.map(({ id }) => id).sort()).toEqual(files.sort());
});

test("every kind of resource is used, and no entry is named twice", () => {
  const kinds = readdirSync(resolve(root, "provisioning/resources")).length;
  const entries = runbook.flatMap((step) => step.entries.map(({ resource, name }) => `${resource.kind} ${name}`));
  expect(new Set(runbook.flatMap((step) => step.entries.map(({ resource }) => resource.kind))).size).toBe(kinds);
  expect(entries).toEqual([...new Set(entries)]);
});

test("the bundle names the packages and units of the runbook, so that the rollout digest moves with them", () => {
  const named = (kind: string) =>
    runbook
      .flatMap((step) => step.entries)
      .filter(({ resource }) => resource.kind === kind)
      .map(({ name }) => name)
      .sort();
  expect([...bundle.packages].sort()).toEqual(named("package"));
  expect([...bundle.units].sort()).toEqual(named("unit"));
});

test("docs/steps.md tells the runbook (npm run docs prints it again)", async () => {
  const steps = runbook.map(({ id, title, entries }) =>
    [`## ${id}`, `${title}.`, entries.map(({ resource, name }) => `- ${resource.kind} \`${name}\``).join("\n")].join(
      "\n\n",
    ),
  );
  const intro =
    "What converge makes true on a host, in this order. A step names things; what is in a file is decided in `templates/`.";
  await expect(`# The runbook\n\n${intro}\n\n${steps.join("\n\n")}\n`).toMatchFileSnapshot(
    resolve(root, "docs/steps.md"),
  );
});
