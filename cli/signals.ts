// Ctrl-C and SIGTERM reach the command, which puts things back; a second Ctrl-C does not wait for that.
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Signals {
  readonly signal: AbortSignal;
  /** What the first one says from now on: what stopping means differs from command to command, and in the course of one. */
  whenStopped(sentence: string): void;
  /** Call it when the command has ended. */
  release(): void;
}

export function listenForSignals(output: Output): Signals {
  const controller = new AbortController();
  let sentence = "Stopping.";
  const onSignal = (name: (typeof signals)[number]): void => {
    if (controller.signal.aborted) {
      output.note("Stopping at once.");
      process.exit(exitCodes.interrupted);
    }
    controller.abort(new DOMException(`stopped by ${name}`, "AbortError"));
    output.note(sentence);
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    whenStopped: (text) => {
      sentence = text;
    },
    release: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
