// Runs the program as a shell would, with streams that remember.
import { Readable } from "node:stream";
import type { ExitCode } from "../../../cli/exit-codes.ts";
import { main } from "../../../cli/main.ts";

export interface Ran {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

interface Setting {
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export async function run(
  argv: readonly string[],
  { env = {}, stdin = "", isTTY = false, columns = 100 }: Setting = {},
): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY,
    columns,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const exitCode = await main(argv, "1.2.3", {
    env,
    stdin: Readable.from([stdin]),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
  });
  return { exitCode, ...written };
}
