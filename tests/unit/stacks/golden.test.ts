// The stacks are the reviewed ones. After a wanted change: `npm run golden`, and read the diff.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, synthesised, variantNames } from "./variants.ts";

const folder = join(root, "tests/golden/stacks");
/** Where in cdktf's tree a resource comes from is no part of what Terraform does. */
const withoutMetadata = (json: string): string =>
  `${JSON.stringify(
    JSON.parse(json, (key, value) => (key === "//" ? undefined : value)),
    null,
    2,
  )}\n`;

test.each(variantNames)("%s", async (variant) => {
  await expect(withoutMetadata(synthesised(variant))).toMatchFileSnapshot(join(folder, `${variant}.tf.json`));
});

test("no reviewed file is left over", () => {
  expect(readdirSync(folder).sort()).toEqual(variantNames.map((variant) => `${variant}.tf.json`).sort());
});

test.each(variantNames)("%s holds no path of this machine", (variant) => {
  expect(synthesised(variant)).not.toContain(root);
  expect(synthesised(variant)).not.toMatch(/"(path|command)": "[^"]*(^|[ '])\//);
});
