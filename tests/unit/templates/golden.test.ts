// The rendered files are the reviewed ones. After a wanted change: `npm run golden`, and read the diff.
import { readdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { exampleBundle } from "../../example-bundle.ts";
import { goldenFiles, goldenFolder } from "../../golden.ts";

test("every rendered file is as it was reviewed", async () => {
  const folder = fileURLToPath(goldenFolder);
  const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, `${entry.parentPath}/${entry.name}`))
    .sort();
  const rendered = await goldenFiles();
  expect([...rendered.keys()].sort()).toEqual(kept);
  for (const [path, content] of rendered) expect(content, path).toBe(readFileSync(`${folder}/${path}`, "utf8"));
});

test.each([
  ["2.0.18", "2.0.11"],
  ["2.0.22", "2.0.21"],
])("%s reads the same as %s", async (version, reviewed) => {
  const text = async (one: string) =>
    (await exampleBundle("small-farm", one)).files.map(({ path, content }) => [
      path,
      content.replace(/^MemoryMax=.*$/m, ""),
    ]);
  expect(await text(version)).toEqual(await text(reviewed));
});
