// A YAML text with the place of every value in it, so that a mistake found later can still point at its line.
import { type Document, LineCounter, parseDocument } from "yaml";
import type { Mistake, Place } from "./mistake.ts";
import { keyMistakes, offsetOf } from "./yaml-nodes.ts";

export interface YamlSource {
  /** Undefined when the text could not be read as YAML at all. */
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
  /** Of the value; of the nearest setting above it when there is none. */
  at(path: readonly PropertyKey[]): Place;
  /** Of the setting's name. */
  atKey(path: readonly PropertyKey[]): Place;
}

export function readYaml(text: string, file: string): YamlSource {
  const counter = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const unreadable = (says: string): YamlSource => {
    const start = { file, line: 1, column: 1 };
    return { value: undefined, mistakes: [{ ...start, path: "(file)", says }], at: () => start, atKey: () => start };
  };
  let document: Document.Parsed;
  let value: unknown;
  try {
    document = parseDocument(text, { lineCounter: counter, prettyErrors: false, merge: true, uniqueKeys: false });
    value = document.errors.length === 0 ? document.toJS() : undefined;
  } catch (error) {
    if (error instanceof RangeError) return unreadable(tooDeep);
    if (error instanceof ReferenceError) return unreadable("aliases multiply beyond measure; write the values out");
    throw error;
  }
  const repeated = keyMistakes(document).map(({ offset, path, says }) => ({ ...place(offset), path, says }));
  return {
    value,
    mistakes: [...syntaxMistakes(document, text, place), ...repeated],
    at: (path) => place(offsetOf(document, path, "value")),
    atKey: (path) => place(offsetOf(document, path, "key")),
  };
}

/** The first of each line: what follows it is mostly its echo. */
function syntaxMistakes(document: Document.Parsed, text: string, place: (offset: number) => Place): Mistake[] {
  const ofLine = new Map<number, Mistake>();
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const at = place(pos[0]);
    const says = hints[code] ?? unquoted(text, pos[0]) ?? `${sentence(message)}; compare with the lines around it`;
    if (!ofLine.has(at.line)) ofLine.set(at.line, { ...at, path: "(syntax)", says });
  }
  return [...ofLine.values()];
}

const tooDeep = "nests too deep; settings go four levels deep";

const hints: Partial<Record<string, string>> = {
  MULTIPLE_DOCS: "a second document starts here; keep one, and let a second fleet have a file of its own",
  RESOURCE_EXHAUSTION: tooDeep,
  TAB_AS_INDENT: "indented with a tab; use spaces",
};

/** The slip of everybody who writes a first class. */
function unquoted(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const line = text.slice(start, start + 1000).split(/\r?\n/, 1)[0]!;
  const isBare = /(^|[^"'\w/+{}-])[\w/+-]*\{device\}/.test(line);
  return isBare ? 'topics with {device} need quotes, such as "farm/{device}/moisture"' : undefined;
}

const sentence = (message: string): string =>
  message.replace(/\s+/g, " ").replace(/^./, (first) => first.toLowerCase());
