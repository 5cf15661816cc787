// Shell in which every interpolated value is already exactly one word.
import { shellWord } from "../fleet/shell-word.ts";

/** A piece of POSIX shell. Only `sh` makes one, so text from outside cannot become code. */
export class Script {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Word = string | number | Script | readonly string[];

/** Strings and numbers are quoted, lists become several words, Scripts nest as they are. */
export function sh(parts: TemplateStringsArray, ...values: readonly Word[]): Script {
  return new Script(parts.reduce((text, part, i) => text + word(values[i - 1]!) + part));
}

function word(value: Word): string {
  if (value instanceof Script) return value.text;
  if (typeof value === "object") return value.map(shellWord).join(" ");
  return shellWord(String(value));
}
