// What each phase of a long command took, a line each.
import type { Output } from "./output.ts";

export type Phase = (text: string) => void;

/** Counts from now on, and from each phase to the next. */
export function phases({ note }: Pick<Output, "note">): Phase {
  let since = performance.now();
  return (text) => {
    const seconds = (performance.now() - since) / 1000;
    note(`  ${seconds.toFixed(1).padStart(5)} s  ${text}`);
    since = performance.now();
  };
}
