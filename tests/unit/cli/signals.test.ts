// What the first Ctrl-C says and does, and the second.
import { afterEach, expect, test, vi } from "vitest";
import { listenForSignals, type Signals } from "../../../cli/signals.ts";
import { noteTo } from "./note-to.ts";

let signals: Signals | undefined;
afterEach(() => {
  signals?.release();
  vi.restoreAllMocks();
});
const listen = (notes: string[]): Signals => {
  signals = listenForSignals(noteTo(notes));
  return signals;
};

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s reaches the command, which can tell it from a failure",
  (name) => {
    const notes: string[] = [];
    const { signal } = listen(notes);
    expect(signal.aborted).toBe(false);
    process.emit(name, name);
    expect(signal.reason).toMatchObject({ name: "AbortError", message: `stopped by ${name}` });
    expect(notes).toEqual(["Stopping."]);
  },
);

test("the sentence is the last one that the command gave", () => {
  const notes: string[] = [];
  const { whenStopped } = listen(notes);
  whenStopped("Stopping; nothing was sent to the host.");
  whenStopped("Stopping here.");
  process.emit("SIGINT", "SIGINT");
  expect(notes).toEqual(["Stopping here."]);
});

test("a second one does not wait, whichever it is", () => {
  const notes: string[] = [];
  listen(notes);
  const exit = vi.spyOn(process, "exit").mockImplementation(() => {
    throw new Error("ended");
  });
  process.emit("SIGINT", "SIGINT");
  expect(exit).not.toHaveBeenCalled();
  expect(() => process.emit("SIGTERM", "SIGTERM")).toThrow("ended");
  expect(exit).toHaveBeenCalledExactlyOnceWith(130);
  expect(notes).toEqual(["Stopping.", "Stopping at once."]);
});

test("released, it leaves no listener behind", () => {
  const before = process.listenerCount("SIGINT");
  const { release } = listen([]);
  expect(process.listenerCount("SIGINT")).toBe(before + 1);
  release();
  expect(process.listenerCount("SIGINT")).toBe(before);
});
