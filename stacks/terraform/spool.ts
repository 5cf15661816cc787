// What Terraform says while it applies, in a file that is read as it grows. A pipe would kill it with its next line, should
// bednet be gone by then; so it ends what it has begun, and its state knows it.
import { closeSync, openSync, readSync, rmSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

export interface Spool {
  /** For the child to write to. */
  readonly fd: number;
  /** Tells the rest and removes the file. */
  end(): void;
}

const LOOK_MS = 200;

export function openSpool(path: string, onLine: (line: string) => void): Spool {
  rmSync(path, { force: true }); // another run may still write to the one before
  const fd = openSync(path, "ax", 0o600);
  const reader = openSync(path, "r");
  const decoder = new StringDecoder("utf8");
  const chunk = Buffer.alloc(64 * 1024);
  let rest = "";
  const look = (): void => {
    for (let count = readSync(reader, chunk); count > 0; count = readSync(reader, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, count))).split("\n");
      rest = lines.pop()!;
      for (const line of lines) onLine(line);
    }
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    fd,
    end: () => {
      clearInterval(timer);
      look();
      if (rest !== "") onLine(rest);
      closeSync(reader);
      closeSync(fd);
      rmSync(path, { force: true });
    },
  };
}
