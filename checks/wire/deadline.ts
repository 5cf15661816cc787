// Waiting that always ends: a promise with a time limit, under a signal that ends everything.

/** No single step of a gatherer waits longer for the broker. */
export const STEP_MS = 5_000;

/** Settles with `work`, or rejects after `ms` or when the signal says so. `what` completes "no answer: …". */
export function within<T>(work: Promise<T>, ms: number, what: string, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(new Error(`${what} did not come within ${ms / 1000} s`))), ms);
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

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
