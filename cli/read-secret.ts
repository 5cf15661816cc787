// A secret from stdin: piped in, or pasted at a prompt that does not show it.
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { addAbortSignal, PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { Secret } from "../fleet/secret.ts";
import type { Context } from "./command.ts";

export async function readSecret(
  stdin: Context["stdin"],
  output: Context["output"],
  prompt: string,
  signal: AbortSignal,
): Promise<Secret> {
  if (!stdin.isTTY) return new Secret(await text(addAbortSignal(signal, stdin)));
  output.note(prompt);
  // A terminal interface switches the echo off, and what it would draw goes nowhere.
  const lines = createInterface({ input: stdin, output: new PassThrough().resume(), terminal: true });
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    // Ctrl-D is an answer too: nothing. A terminal that goes away would leave the question open for ever.
    const answer = lines.question("", { signal }).catch(() => "");
    const nothing = once(lines, "close").then(() => "");
    const given = await Promise.race([answer, nothing]);
    signal.throwIfAborted();
    return new Secret(given);
  } finally {
    lines.close();
  }
}
