// Mistakes in the files of a fleet, each with its place: gathered first, then told all at once in file order.
import { Problem } from "./problem.ts";

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Mistake extends Place {
  /** Dotted path of the setting, or the column of a row. */
  readonly path: string;
  /** What is wrong, with the value; what to do. */
  readonly says: string;
}

/** More would scroll the first one away, and one wrong separator can spoil every row. */
const MOST_LINES = 100;

/** One Problem that lists them, the given files in their order. */
export function problemOf(mistakes: readonly Mistake[], files: readonly string[]): Problem {
  const rank = ({ file }: Mistake): number => files.indexOf(file);
  const inOrder = mistakes.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
  const concerned = files.filter((file) => mistakes.some((mistake) => mistake.file === file));
  const lines = inOrder
    .slice(0, MOST_LINES)
    .map(({ file, line, column, path, says }) => `  ${file}:${line}:${column}  ${path}: ${says}`);
  const rest = inOrder.length - lines.length;
  if (rest > 0) lines.push(`  … and ${rest} more`);
  const have = concerned.length === 1 ? "has" : "have";
  const title = `${concerned.join(" and ")} ${have} ${mistakes.length} mistake${mistakes.length === 1 ? "" : "s"}:`;
  return new Problem(
    [title, ...lines].join("\n"),
    `Edit ${concerned.join(" and ")} and run the command again; nothing was changed.`,
  );
}

/** A value as it may stand in a message: one line, not too long, and nothing that drives a terminal. */
export function quote(value: string): string {
  const short = value.length > 60 ? `${value.slice(0, 57)}...` : value;
  return JSON.stringify(short).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `services.dashboard.publish[0]`; a key that is no plain word is quoted. */
export function dotted(path: readonly PropertyKey[]): string {
  const text = path.map((part) =>
    typeof part === "number"
      ? `[${part}]`
      : /^[\w-]{1,64}$/.test(String(part))
        ? `.${String(part)}`
        : `[${quote(String(part))}]`,
  );
  return text.join("").replace(/^\./, "") || "(file)";
}
