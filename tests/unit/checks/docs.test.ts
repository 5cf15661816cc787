// docs/checks holds one page per check, printed from the check, and no others.
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { checklist } from "../../../checks/checklist.ts";
import { checkPage, indexPage } from "../../../checks/reports/page.ts";

const folder = resolve(import.meta.dirname, "../../../docs/checks");

test.each(checklist)("the page of $id says what the check says", async (check) => {
  await expect(checkPage(check)).toMatchFileSnapshot(`${folder}/${check.id}.md`);
});

test("docs/checks/README.md lists them all, and nothing else is there", async () => {
  await expect(indexPage(checklist)).toMatchFileSnapshot(`${folder}/README.md`);
  expect(readdirSync(folder).sort()).toEqual(["README.md", ...checklist.map(({ id }) => `${id}.md`)].sort());
});
