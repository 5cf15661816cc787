// The only place that prints. Data goes to stdout; progress, notes and failures go to stderr.
import { Problem } from "../fleet/problem.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";

export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Colour where a person looks, plain text everywhere else. */
type Paint = Readonly<Record<keyof typeof codes, (text: string) => string>>;
const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

export interface Output {
  /** What was asked for. */
  print(text: string): void;
  json(value: unknown): void;
  /** What the reader should know beside it. */
  note(text: string): void;
  /** What is being done, for anything over a second: one line that is written over on a terminal, a line each elsewhere. */
  progress(line: string): void;
  /** Says what went wrong and what to do, and gives the exit code. */
  failure(error: unknown): ExitCode;
  /** For stdout. */
  readonly paint: Paint;
  /** Columns of text to fill: the terminal's, from 40 to 100. */
  readonly width: number;
  readonly isTerminal: boolean;
}

export function makeOutput(stdout: Stream, stderr: Stream, env: Environment): Output {
  const alarm = paintFor(isColoured(stderr, env));
  const rewrites = isLively(stderr, env);
  let transient = false;

  const clear = (): void => {
    if (transient) stderr.write("\r\x1b[K");
    transient = false;
  };
  const say = (stream: Stream, text: string): void => {
    clear();
    stream.write(text.endsWith("\n") ? text : `${text}\n`);
  };

  return {
    paint: paintFor(isColoured(stdout, env)),
    width: Math.min(100, Math.max(40, (stdout.isTTY && stdout.columns) || 100)),
    isTerminal: stdout.isTTY === true,
    print: (text) => say(stdout, text),
    json: (value) => say(stdout, JSON.stringify(value, null, 2)),
    note: (text) => say(stderr, text),
    progress(line) {
      if (!rewrites) return say(stderr, line);
      clear();
      stderr.write(alarm.dim(line.slice(0, (stderr.columns ?? 80) - 1)));
      transient = true;
    },
    failure(error) {
      if (error instanceof Problem) {
        const [first, ...rest] = error.message.split("\n");
        say(stderr, [alarm.red(first!), ...rest, error.fix].join("\n"));
        return error.exitCode;
      }
      const refused = refusedBySystem(error);
      if (refused !== undefined) {
        say(
          stderr,
          `${alarm.red(refused)}\nMend that (owner, rights, space or kind of the file) and run the command again.`,
        );
        return exitCodes.fixable;
      }
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
      say(stderr, `${alarm.red("This is a mistake in bednet, not in what you did.")}\n${trace}\n${howToReport}`);
      return exitCodes.bug;
    },
  };
}

/** What the file system refused is not ours to mend; undefined for everything else. */
function refusedBySystem(error: unknown): string | undefined {
  const codes = ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EISDIR", "ENOTDIR", "EEXIST", "EMFILE"];
  const { code, path, message } = (error ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && path !== undefined && codes.includes(code) ? message : undefined;
}

const howToReport =
  "Please report it: the command, the text above and `bednet --version`. Look through it first for names you would rather keep.";

type Environment = Readonly<Record<string, string | undefined>>;

function isLively(stream: Stream, env: Environment): boolean {
  return stream.isTTY === true && env.TERM !== "dumb";
}

function isColoured(stream: Stream, env: Environment): boolean {
  return isLively(stream, env) && !env.NO_COLOR;
}

function paintFor(coloured: boolean): Paint {
  const pairs = Object.entries(codes).map(([name, code]) => [
    name,
    (text: string) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text),
  ]);
  return Object.fromEntries(pairs) as Paint;
}
