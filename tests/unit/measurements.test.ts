// What the code says it was measured leads somewhere: each reference to docs/measurements.md finds its heading.
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const headings = [...readFileSync(resolve(root, "docs/measurements.md"), "utf8").matchAll(/^## (.+)$/gm)].map(
  ([, text]) => text!.toLowerCase().replaceAll(" ", "-"),
);

const texts = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(\.|node_modules|dist)/.test(entry.name))
  .flatMap(({ name }) =>
    readdirSync(resolve(root, name), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|sh|hbs|md|json)$/.test(file))
      .map((file) => `${name}/${file}`),
  )
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
