// What must be undone at the end, however the end comes: done, failed, Ctrl-C, or process.exit.

export interface Cleanup {
  /**
   * `undoNow` is the same without waiting, for process.exit; leave it out where `undo` does not wait anyway.
   * The returned function takes the entry off: it is no longer to be undone.
   */
  add(what: string, undo: () => unknown, undoNow?: () => unknown): () => void;
  /** Undoes everything, last first; one that fails does not stop the others. Resolves with what failed, in words. */
  run(): Promise<string[]>;
}

interface Entry {
  readonly what: string;
  readonly undo: () => unknown;
  readonly undoNow: () => unknown;
}

export function makeCleanup(): Cleanup {
  const entries: Entry[] = [];
  const atExit = (): void => {
    for (const entry of entries.splice(0).reverse()) attemptNow(entry);
  };
  return {
    add: (what, undo, undoNow = undo) => {
      const entry = { what, undo, undoNow };
      if (entries.push(entry) === 1) process.on("exit", atExit);
      return () => {
        const at = entries.indexOf(entry);
        if (at >= 0) entries.splice(at, 1);
      };
    },
    run: async () => {
      const failed: string[] = [];
      for (let entry = entries.at(-1); entry !== undefined; entry = entries.at(-1)) {
        try {
          await entry.undo();
        } catch (error) {
          failed.push(`could not undo: ${entry.what}: ${(error as Error).message}`);
        }
        // Only now: process.exit in the middle of an undo repeats it without waiting.
        entries.splice(entries.indexOf(entry), 1);
      }
      process.off("exit", atExit);
      return failed;
    },
  };
}

function attemptNow({ what, undoNow }: Entry): void {
  try {
    undoNow();
  } catch (error) {
    process.stderr.write(`could not undo: ${what}: ${(error as Error).message}\n`);
  }
}

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Ending = keyof typeof exitCodes;

/** Somebody ended the run on purpose. */
export class Interrupted extends Error {
  override name = "Interrupted";
  readonly exitCode: number;

  constructor(by: Ending) {
    super(`interrupted by ${by}`);
    this.exitCode = exitCodes[by];
  }
}

export interface Guarded {
  readonly cleanup: Cleanup;
  /** Aborted, with an Interrupted as its reason, by the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
}

export interface GuardOptions {
  readonly onSignal?: (by: Ending) => void;
  /** What could not be undone, in words. */
  readonly onLeft?: (line: string) => void;
}

/**
 * Runs `work` and undoes what it registered, also when it fails or is interrupted; then `work`'s own outcome, or
 * Interrupted. `work` must watch the signal: it is waited for, since only it knows what it has begun. A second signal
 * waits for nobody: everything is undone on the spot and the process ends.
 */
export async function guarded<T>(work: (guard: Guarded) => Promise<T>, options: GuardOptions = {}): Promise<T> {
  const cleanup = makeCleanup();
  const controller = new AbortController();
  const onSignal = (by: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(exitCodes[by as Ending]);
    options.onSignal?.(by as Ending);
    controller.abort(new Interrupted(by as Ending));
  };
  const signals = Object.keys(exitCodes) as Ending[];
  for (const name of signals) process.on(name, onSignal);
  try {
    const outcome = await work({ cleanup, signal: controller.signal });
    controller.signal.throwIfAborted();
    return outcome;
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    for (const line of await cleanup.run()) options.onLeft?.(line);
    for (const name of signals) process.off(name, onSignal);
  }
}
