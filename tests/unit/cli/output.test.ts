// What is printed where, and when it is coloured.
import { expect, test } from "vitest";
import { makeOutput } from "../../../cli/output.ts";
import { Problem } from "../../../fleet/problem.ts";

function screen(isTTY: boolean, env: Record<string, string> = {}) {
  const texts = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY,
    columns: 20,
    write: (text: string) => {
      texts[name] += text;
    },
  });
  return { texts, output: makeOutput(stream("stdout"), stream("stderr"), env) };
}

test("data goes to stdout, everything beside it to stderr", () => {
  const { texts, output } = screen(false);
  output.progress("Asking the host");
  output.print("data");
  output.note("a note");
  output.json({ a: 1 });
  expect(texts).toEqual({ stdout: 'data\n{\n  "a": 1\n}\n', stderr: "Asking the host\na note\n" });
});

test("on a terminal progress is one line that makes room", () => {
  const { texts, output } = screen(true);
  output.progress("one, and much too long for this");
  output.progress("two");
  output.note("done");
  expect(texts.stderr).toBe("\x1b[2mone, and much too l\x1b[0m\r\x1b[K\x1b[2mtwo\x1b[0m\r\x1b[Kdone\n");
});

test.each([
  ["a pipe", false, {}, "text"],
  ["a terminal", true, {}, "\x1b[31mtext\x1b[0m"],
  ["NO_COLOR", true, { NO_COLOR: "1" }, "text"],
  ["an empty NO_COLOR", true, { NO_COLOR: "" }, "\x1b[31mtext\x1b[0m"],
  ["a dumb terminal", true, { TERM: "dumb" }, "text"],
])("colour: %s", (_, isTTY, env: Record<string, string>, painted) => {
  expect(screen(isTTY, env).output.paint.red("text")).toBe(painted);
});

test("a Problem is its message and its fix, and brings its exit code", () => {
  const { texts, output } = screen(false);
  expect(output.failure(new Problem("no\n  answer", "Try again.", { exitCode: 2 }))).toBe(2);
  expect(texts).toEqual({ stdout: "", stderr: "no\n  answer\nTry again.\n" });
});

test("what the file system refuses is the user's to mend", () => {
  const { texts, output } = screen(false);
  const message = "EACCES: permission denied, open '/farm/.bednet/key'";
  const error = Object.assign(new Error(message), { code: "EACCES", path: "/farm/.bednet/key" });
  expect(output.failure(error)).toBe(1);
  expect(texts.stderr).toBe(
    `${message}\nMend that (owner, rights, space or kind of the file) and run the command again.\n`,
  );
});

test("anything else is our mistake: stack, and how to report it", () => {
  const { texts, output } = screen(false);
  const error = new TypeError("x is undefined");
  error.stack = "TypeError: x is undefined\n    at plan.ts:1:1";
  expect(output.failure(error)).toBe(70);
  expect(texts.stderr).toBe(`This is a mistake in bednet, not in what you did.
TypeError: x is undefined
    at plan.ts:1:1
Please report it: the command, the text above and \`bednet --version\`. Look through it first for names you would rather keep.
`);
});
