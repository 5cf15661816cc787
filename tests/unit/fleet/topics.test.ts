import { describe, expect, it, test } from "vitest";
import { covers, filterProblem, matches, overlaps } from "../../../fleet/topics.ts";

/** All topics and filters of up to four levels over a small alphabet: enough for every rule to meet every other. */
const words = ["a", "b", "", "$SYS"];
const listsOf = (alphabet: readonly string[], levels: number): string[][] =>
  levels === 0 ? [[]] : listsOf(alphabet, levels - 1).flatMap((list) => alphabet.map((word) => [...list, word]));
const upTo = (alphabet: readonly string[], most: number): string[] =>
  Array.from({ length: most }, (_, index) => listsOf(alphabet, index + 1)).flatMap((lists) =>
    lists.map((list) => list.join("/")),
  );
const topics = upTo(words, 4).filter((topic) => topic !== "");
const filters = upTo(["a", "b", "+", "#", "$SYS"], 3).filter((filter) => filterProblem(filter) === undefined);

/** Independent oracle: the filter as a regular expression, word for word from section 4.7 of the standard. */
function oracle(filter: string): RegExp {
  const escaped = filter.replace(/[$.*?()[\]{}|\\^]/g, "\\$&");
  const guard = /^[+#]/.test(filter) ? "(?!\\$)" : "";
  const body = escaped === "#" ? ".*" : escaped.replace(/\/#$/, "(?:/.*)?").replace(/\+/g, "[^/]*");
  return new RegExp(`^${guard}${body}$`, "s");
}

describe("matching", () => {
  it("agrees with a regular expression on every pair of a small alphabet", () => {
    let pairs = 0;
    for (const filter of filters) {
      const expression = oracle(filter);
      for (const topic of topics) {
        if (matches(filter, topic) !== expression.test(topic)) expect.fail(`${filter} and ${topic}`);
        pairs++;
      }
    }
    expect(pairs).toBeGreaterThan(20_000);
  });

  it.each([
    ["sport/tennis/player1/#", "sport/tennis/player1"],
    ["sport/#", "sport"],
    ["#", "a/b"],
    ["+/+", "/finance"],
    ["/+", "/finance"],
    ["$SYS/#", "$SYS"],
    ["$SYS/monitor/+", "$SYS/monitor/Clients"],
    ["$share/group/farm/+", "farm/a"],
  ])("%s matches %s", (filter, topic) => expect(matches(filter, topic)).toBe(true));

  it.each([
    ["+", "/finance"],
    ["sport/+", "sport"],
    ["#", "$SYS/broker/uptime"],
    ["+/monitor/Clients", "$SYS/monitor/Clients"],
    ["$share/group/#", "$SYS/broker"],
    ["a", "A"],
    ["a", "a/"],
  ])("%s does not match %s", (filter, topic) => expect(matches(filter, topic)).toBe(false));
});

/** With one word that no filter uses, every difference between two filters shows in some topic of up to five levels. */
const witnesses = upTo(["a", "b", "z", "$SYS"], 5);

test("covering agrees with looking at every topic", () => {
  const small = filters.filter((filter) => filter.split("/").length <= 2);
  for (const wide of small) {
    for (const narrow of small) {
      const truth = witnesses.every((topic) => !oracle(narrow).test(topic) || oracle(wide).test(topic));
      if (covers(wide, narrow) !== truth) expect.fail(`${wide} covers ${narrow}: expected ${truth}`);
    }
  }
});

test("overlapping agrees with looking at every topic", () => {
  for (const one of filters) {
    const reached = witnesses.filter((topic) => oracle(one).test(topic));
    for (const two of filters) {
      const expression = oracle(two);
      const truth = reached.some((topic) => expression.test(topic));
      if (overlaps(one, two) !== truth) expect.fail(`${one} overlaps ${two}: expected ${truth}`);
    }
  }
});

describe("what is no filter", () => {
  it.each([
    ["", "it is empty"],
    ["a/#/b", "# must be the last level"],
    ["a#", '# must be a whole level, but a level is "a#"'],
    ["a/b+/c", '+ must be a whole level, but a level is "b+"'],
    ["a\u0000b", "it holds a control character, or what is no character at all"],
    ["a\tb", "it holds a control character, or what is no character at all"],
    ["a\nb", "it holds a control character, or what is no character at all"],
    ["a\ud800", "it holds a control character, or what is no character at all"],
    ["a\ufffe", "it holds a control character, or what is no character at all"],
    ["é".repeat(32_768), "it has 65536 bytes, the limit is 65535"],
    ["/".repeat(201), "it has 202 levels, Mosquitto takes 201"],
    ["$share/group", "a shared subscription is $share/<group>/<filter>, and the filter is missing"],
    ["$share//a", "a shared subscription is $share/<group>/<filter>, with no + and no # in the group"],
    ["$share/+/a", "a shared subscription is $share/<group>/<filter>, with no + and no # in the group"],
    ["$share/g/a#", '# must be a whole level, but a level is "a#"'],
  ])("%j", (filter, problem) => expect(filterProblem(filter)).toBe(problem));

  it.each([
    "a",
    "/",
    "a//b",
    "+",
    "#",
    "+/+/#",
    "$SYS/#",
    "farm/Süd 1/+",
    "😀/a",
    "/".repeat(200),
    "$share/g/#",
    "é".repeat(32_767),
  ])("%j is one", (filter) => expect(filterProblem(filter)).toBeUndefined());
});
