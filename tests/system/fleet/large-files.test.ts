// Files that are as large as they may be, or made to be slow: seconds of computing, so not in the fast tier.
import { expect, test } from "vitest";
import { parseFleet } from "../../../fleet/load.ts";
import { mistakesOf, sampleWith } from "../../unit/fleet/sample.ts";

test("a file that was made to be slow is refused in time", { timeout: 60_000 }, () => {
  const most = 256 * 1024;
  const keys = Array.from({ length: 25_000 }, (_, index) => `k${index}: 1`).join("\n");
  expect(mistakesOf(keys, null).at(-1)).toBe("… and 24904 more");
  expect(mistakesOf("? ".repeat(most / 2), null)).toHaveLength(1);
  expect(mistakesOf("\ta: ]\n".repeat(5000), null)).toHaveLength(101);
});

test("a hundred thousand devices are read in a few seconds, and as many mistakes told in a hundred lines", {
  timeout: 60_000,
}, () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => `d-${index},sensor`);
  const yaml = sampleWith({ "devices: 10": "devices: 100000" });
  const fleet = parseFleet({ yaml, yamlFile: "f", csv: `id,class\n${rows.join("\n")}`, csvFile: "d" });
  expect(fleet.devices).toHaveLength(100_000);
  const told = mistakesOf(yaml, `id,class\n${rows.map((row) => row.replace("-", " ")).join("\n")}`);
  expect(told).toHaveLength(101);
  expect(told.at(-1)).toBe("… and 99900 more");
});
