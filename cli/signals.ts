// Ctrl-C and SIGTERM reach the command, which puts things back; a second Ctrl-C does not wait for that.
import { exitCodes } from "./exit-codes.ts";
import type { Output } from "./output.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Call `release` when the command has ended. */
export function listenForSignals(output: Output): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onSignal = (name: (typeof signals)[number]): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new DOMException(`stopped by ${name}`, "AbortError"));
    output.note("Stopping and putting things back; press Ctrl-C again to stop at once.");
  };
  for (const name of signals) process.on(name, onSignal);
  const release = (): void => {
    for (const name of signals) process.off(name, onSignal);
  };
  return { signal: controller.signal, release };
}
