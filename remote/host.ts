// A machine that runs scripts: the one door between us and a host.
import type { Readable, Writable } from "node:stream";
import { Problem } from "../fleet/problem.ts";
import type { Script } from "./sh.ts";

/** `exitCode` null: the link dropped, or the deadline passed, before the script said how it ended. Never a success. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface RunOptions {
  /** Carries whatever must not appear in `ps`. */
  readonly stdin?: string | Buffer | Readable;
  /** Takes what the script prints, as bytes and in place of `Output.stdout`. Not ended: the caller learns how the script ended. */
  readonly stdout?: Writable;
  readonly deadlineMs?: number;
  /** Each line as it arrives on stderr, for progress. */
  readonly onLine?: (line: string) => void;
}

export interface Host {
  readonly name: string;
  /** root, or who needs sudo to be it. */
  readonly user: string;
  /** Runs as root (directly, or by sudo). Resolves also when the link dropped: see `exitCode`. */
  run(script: Script, options?: RunOptions): Promise<Output>;
  close(): Promise<void>;
}

/** Runs a script that must succeed, and gives its stdout. */
export async function mustRun(host: Host, what: string, script: Script, options: RunOptions = {}): Promise<string> {
  const output = await host.run(script, options);
  if (output.exitCode === 0) return output.stdout;
  throw failedTo(host, what, output);
}

function failedTo(host: Host, what: string, { stdout, stderr, exitCode }: Output): Problem {
  const dropped = exitCode === null;
  const ending = dropped ? "the connection dropped before it finished" : `exit code ${exitCode}`;
  const said = stderr.trim() === "" ? "" : `:\n${indent(printable(stderr.trim()))}`;
  // Our scripts print before they can fail; sudo that refuses does not even start them.
  const wasNotStarted = exitCode === 1 && stdout === "" && host.user !== "root";
  return new Problem(
    `${host.name}: could not ${what}: ${ending}${said}`,
    wasNotStarted
      ? `Let ${host.user} run everything by sudo without a password, or log in as root; nothing was changed.`
      : "Fix the cause above and run the command again; what was finished is not repeated.",
    { exitCode: dropped ? 2 : 1 },
  );
}

/** Control characters from a host must not drive the user's terminal. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

const indent = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
