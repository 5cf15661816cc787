// What the code says it was measured leads somewhere: each reference to docs/measurements.md finds its heading.
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const headings = [...readFileSync(resolve(root, "docs/measurements.md"), "utf8").matchAll(/^## (.+)$/gm)].map(
  ([, text]) => text!.toLowerCase().replaceAll(" ", "-"),
);

/** An example that somebody has installed holds a link back to here. */
function filesBelow(folder: string): string[] {
  return readdirSync(resolve(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`;
    if (/^(\.|node_modules$|dist$|cdktf\.out$)/.test(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(`${path}/`) : entry.isFile() ? [path] : [];
  });
}

const texts = filesBelow("")
  .filter((file) => file.includes("/") && /\.(ts|sh|hbs|md|json)$/.test(file))
  .map((file) => ({ file, text: readFileSync(resolve(root, file), "utf8") }));

const references = texts.flatMap(({ file, text }) =>
  [...text.matchAll(/measurements\.md(?:#([a-z0-9-]*))?/g)].map(([, heading]) => ({ file, heading })),
);

test("each reference names a heading that is there", () => {
  expect(references.filter(({ heading }) => heading !== undefined && !headings.includes(heading))).toEqual([]);
});

test("each heading is what some code rests on", () => {
  const isCode = ({ file }: { file: string }): boolean => !file.startsWith("tests/") && !file.startsWith("docs/");
  const named = new Set(references.filter(isCode).map(({ heading }) => heading));
  expect(headings.filter((heading) => !named.has(heading))).toEqual([]);
});

test("nothing refers to notes that only their author has", () => {
  expect(texts.filter(({ text }) => /facts: [a-z]+\.md/.test(text)).map(({ file }) => file)).toEqual([]);
});
