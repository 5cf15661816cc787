// A secret comes from a pipe, or from a terminal that does not show it.
import { PassThrough, Readable } from "node:stream";
import { expect, test, vi } from "vitest";
import { readSecret } from "../../../cli/read-secret.ts";
import { noteTo } from "./note-to.ts";

const prompt = "Paste the key and press Enter (it is not shown):";
const never = new AbortController().signal;
const terminal = () => Object.assign(new PassThrough(), { isTTY: true });

test("a pipe is read to its end, without a question", async () => {
  const notes: string[] = [];
  const secret = await readSecret(Readable.from(["half ", "and half\n"]), noteTo(notes), prompt, never);
  expect(secret.reveal()).toBe("half and half\n");
  expect(String(secret)).toBe("[secret]");
  expect(notes).toEqual([]);
});

test("on a terminal it asks, takes one line, and repeats none of it", async () => {
  const notes: string[] = [];
  const stdin = terminal();
  const asked = readSecret(stdin, noteTo(notes), prompt, never);
  stdin.write("correct hotse\x7f\x7f\x7frse\rmore");
  expect((await asked).reveal()).toBe("correct horse");
  expect(notes).toEqual([prompt]);
});

test.each([
  ["a pipe", () => new PassThrough()],
  ["a terminal", terminal],
])("Ctrl-C ends the waiting for %s", async (_what, make) => {
  const controller = new AbortController();
  const asked = readSecret(make(), noteTo([]), prompt, controller.signal);
  controller.abort();
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
});

test("Ctrl-C in a terminal without echo, which makes no signal by itself, becomes one", async () => {
  const stdin = terminal();
  const controller = new AbortController();
  const kill = vi.spyOn(process, "kill").mockImplementation(() => {
    controller.abort();
    return true;
  });
  const asked = readSecret(stdin, noteTo([]), prompt, controller.signal);
  stdin.write("\x03");
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, "SIGINT");
  kill.mockRestore();
});

test.each([
  ["Ctrl-D", (stdin: PassThrough) => stdin.write("\x04")],
  ["a terminal that is gone", (stdin: PassThrough) => stdin.end()],
])("%s gives nothing, instead of waiting for ever", async (_what, end) => {
  const stdin = terminal();
  const asked = readSecret(stdin, noteTo([]), prompt, never);
  end(stdin);
  expect((await asked).reveal()).toBe("");
});
