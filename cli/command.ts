// What every command is given, and the options that several of them share.
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { type Command, InvalidArgumentError } from "commander";
import { wrap } from "./columns.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Output } from "./output.ts";

export interface Context {
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Aborted by Ctrl-C and SIGTERM: undo what is half done, then return or throw. */
  readonly signal: AbortSignal;
  /** What Ctrl-C says from now on; "Stopping." until a command knows more. */
  whenStopped(sentence: string): void;
  /** For a command that ends well and still has bad news, such as a failed check. A Problem brings its own code. */
  finish(exitCode: ExitCode): void;
}

/** Declares one command. What it needs is imported when it runs, so that `--help` answers at once. */
export type Register = (program: Command, context: Context) => void;

export interface FleetOption {
  readonly fleet: string;
}

export function withFleet(command: Command): Command {
  return command.option("--fleet <path>", "fleet file", "./fleet.yaml");
}

/** Where the lock, the key and devices.csv lie. */
export const folderOf = ({ fleet }: FleetOption): string => dirname(fleet);

/** For an option that takes several values: what looks like the next option is no value of this one. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  if (value.startsWith("-")) throw new InvalidArgumentError("A name is missing before it.");
  return [...before, value];
}

export function withExamples(command: Command, ...examples: readonly string[]): Command {
  const title = examples.length === 1 ? "Example" : "Examples";
  const width = (): number => command.configureOutput().getOutHelpWidth?.() ?? 100;
  return command.addHelpText("after", () =>
    [`\n${title}:`, ...examples.map((example) => `  ${fitted(example, width() - 2)}`)].join("\n"),
  );
}

/** One command to copy, whatever the width: its lines end as a shell goes on reading. Three blanks begin a remark. */
function fitted(example: string, width: number): string {
  if (example.length <= width) return example;
  const [line = "", remark] = example.split("   ");
  const text = line.length <= width ? line : wrap(line, width - 4).join(" \\\n    ");
  return remark === undefined ? text : [text, ...wrap(remark, width - 2)].join("\n    ");
}
