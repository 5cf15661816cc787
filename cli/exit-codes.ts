// What the shell, a pipeline and a human's next command learn from how bednet ended.

export const exitCodes = {
  done: 0,
  /** The user can fix it: a mistake in a file, a failed check, drift. */
  fixable: 1,
  /** Could not tell: no answer, a dropped link. */
  unknown: 2,
  usage: 64,
  /** Our own mistake. */
  bug: 70,
  /** Ctrl-C, or told to stop. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
