// Columns fit their width, and a number stays with its unit.
import { expect, test } from "vitest";
import { hang, wrap } from "../../../cli/columns.ts";

test("breaks at blanks", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
});

test("keeps what cannot be broken", () => {
  expect(wrap("see farm/{device}/moisture now", 10)).toEqual(["see", "farm/{device}/moisture", "now"]);
});

test("a number stays with its unit", () => {
  expect(wrap("an alert at 80 %, 24 KiB each, 3 servers", 12)).toEqual([
    "an alert at",
    "80 %, 24 KiB",
    "each, 3",
    "servers",
  ]);
});

test("further lines hang under the first", () => {
  expect(hang("x  ", 3, "one two three four five six", 27)).toBe("x  one two three four five\n   six");
});

test("text without room behind its lead goes below it", () => {
  expect(hang("certificate-name  ", 18, "one two three four", 24)).toBe("certificate-name\n      one two three four");
  expect(hang("certificate-name  ", 18, "one", 24)).toBe("certificate-name  one");
});
