// Text in columns that fits the width it is given.

/** A number stays with its unit: `80 %`, `128 MiB`. */
const NUMBER_AND_UNIT = /(\d) (?=(%|[KMG]iB|bytes|ms|s)(?![a-z0-9]))/g;
const UNBREAKABLE = "\u00a0";

/** Breaks at blanks; a word longer than the width stays whole, so that a topic or a path can be copied. */
export function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.replace(NUMBER_AND_UNIT, `$1${UNBREAKABLE}`).split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => line.replaceAll(UNBREAKABLE, " "));
}

/** Narrower than this, text behind its lead reads like a shopping list: it goes below it. */
const NARROWEST = 24;
const BELOW = 6;

/**
 * Puts `text` behind `lead`, and its further lines under its first; below the lead where there is no room. `leadWidth` is what the lead shows, without colour.
 */
export function hang(lead: string, leadWidth: number, text: string, width: number): string {
  if (leadWidth + text.length <= width || width - leadWidth >= NARROWEST)
    return lead + wrap(text, width - leadWidth).join(`\n${" ".repeat(leadWidth)}`);
  const indent = `\n${" ".repeat(BELOW)}`;
  return lead.trimEnd() + indent + wrap(text, width - BELOW).join(indent);
}

export const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));
