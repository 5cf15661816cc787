// What each part of an apply took, the longest first: where the minutes of a set-up went.
import type { Phase } from "./apply.ts";

/** Parts below a second are told together. Several may have run at the same time, so they add up to more than the whole. */
export function phasesText(phases: readonly Phase[], wholeSeconds: number): string {
  const long = [...phases].filter(({ seconds }) => seconds >= 1).sort((a, b) => b.seconds - a.seconds);
  const short = phases.length - long.length;
  return [
    `Applied in ${wholeSeconds.toFixed(0)} s:`,
    ...long.map(({ address, action, seconds }) => `  ${String(seconds).padStart(5)} s  ${action} ${address}`),
    ...(short > 0 ? [`      < 1 s  ${short} ${long.length > 0 ? "more" : "in all"}`] : []),
  ].join("\n");
}
