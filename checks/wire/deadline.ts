// Waiting that always ends: a promise with a time limit, under a signal that ends everything.
import { setMaxListeners } from "node:events";

/** No single step of a gatherer waits longer for the broker. */
export const STEP_MS = 5_000;

/** Nothing came in time: an observation as good as any, where the one who waited says so. */
export class TooLate extends Error {
  override name = "TooLate";
}

/** Settles with `work`; rejects with TooLate after `ms`, with the signal's reason when it is aborted. */
export function within<T>(work: Promise<T>, ms: number, what: string, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(new TooLate(`${what} did not come within ${ms / 1000} s`))), ms);
    const aborted = (): void => end(() => reject(signal.reason));
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      settle();
    };
    work.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
    if (signal.aborted) aborted();
    else signal.addEventListener("abort", aborted, { once: true });
  });
}

/** Ends with its parent, or alone. As many may listen as there are connections. */
export function childOf(parent: AbortSignal | undefined): AbortController {
  const child = new AbortController();
  setMaxListeners(0, child.signal);
  const abort = (): void => child.abort(parent?.reason);
  if (parent?.aborted) abort();
  parent?.addEventListener("abort", abort, { once: true });
  child.signal.addEventListener("abort", () => parent?.removeEventListener("abort", abort), { once: true });
  return child;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
