// An output that remembers what it noted on stderr.
import { makeOutput, type Output } from "../../../cli/output.ts";

export function noteTo(notes: string[]): Output {
  const stderr = { write: (text: string) => notes.push(text.replace(/\n$/, "")) };
  return makeOutput({ write: () => {} }, stderr, {});
}
