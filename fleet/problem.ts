// Something the operator can fix, said with what to do about it. Anything else that is thrown is our bug.

/** `exitCode` 1: the user can fix it; 2: we could not tell (a dropped link, no answer). */
export class Problem extends Error {
  override name = "Problem";
  readonly fix: string;
  readonly exitCode: 1 | 2;

  constructor(what: string, fix: string, options: ErrorOptions & { exitCode?: 1 | 2 } = {}) {
    super(what, options);
    this.fix = fix;
    this.exitCode = options.exitCode ?? 1;
  }
}
