// Functions return what happened, and one module prints it.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);
const folders = ["fleet", "templates", "remote", "provisioning", "checks", "sandbox", "cli"];
const sources = folders.flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`),
);

test("nothing but cli/output.ts and what it is given prints", () => {
  const prints = /\bconsole\.\w+\(|process\.(stdout|stderr)/;
  expect(sources.filter((file) => prints.test(readFileSync(new URL(file, root), "utf8")))).toEqual([]);
});
