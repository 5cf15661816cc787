// Quoting, judged by real shells: whatever is interpolated arrives as exactly that word.
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { sh } from "../../../remote/sh.ts";

const nasty = [
  "",
  " ",
  "-n",
  "it's",
  "'; rm -rf /; '",
  "$(id) `id` $" + "{HOME} $HOME",
  'a "b" \\ \\n \\',
  "two\nlines\n",
  "tab\tand\rreturn",
  "* ? [a-z] ~ {1,2}",
  "!history & | > < # ;",
  "umlaut ü, 漢字, 🐟",
  "\u001b[31m\u0007",
];

/** The words that the shell hands to a program. */
function wordsOf(shell: string, script: string): string[] {
  const program = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
  const node = sh`${process.execPath} -e ${program} --`.text;
  return JSON.parse(execFileSync(shell, ["-c", `${node} ${script}`], { encoding: "utf8" }));
}

describe.each(["/bin/sh", "dash", "bash"])("%s", (shell) => {
  test("each string is one word", () => {
    const words = [...nasty];
    expect(wordsOf(shell, words.map((word) => sh`${word}`.text).join(" "))).toEqual(words);
  });
  test("a list becomes that many words", () => expect(wordsOf(shell, sh`${nasty}`.text)).toEqual(nasty));
  test("a script in a script stays code, and can itself be quoted", () => {
    const inner = sh`printf %s ${"it's $HOME"}`;
    expect(wordsOf(shell, sh`"$(${inner})" ${inner.text}`.text)).toEqual(["it's $HOME", inner.text]);
  });
});

test("numbers are words, an empty list is nothing", () => {
  expect(sh`head -c ${12} ${[]}`.text).toBe("head -c '12' ");
});

test("NUL ends a word in C, so it is refused", () => {
  expect(() => sh`echo ${"a\0b"}`).toThrow("a shell word cannot contain NUL");
  expect(() => sh`echo ${["a", "b\0"]}`).toThrow(TypeError);
});
