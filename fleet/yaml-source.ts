// A YAML text with the place of every value in it, so that a mistake found later can still point at its line.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { dotted, type Mistake, type Place, quote } from "./mistake.ts";

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
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, merge: true });
  const place = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const at = (path: readonly PropertyKey[]): Place => place(find(document, path, "value"));
  const atKey = (path: readonly PropertyKey[]): Place => place(find(document, path, "key"));
  const mistakes = [...syntaxMistakes(document, place), ...protoKeys(document, place)];
  const readable = document.errors.every(({ code }) => code === "DUPLICATE_KEY");
  if (!readable) return { value: undefined, mistakes, at, atKey };
  try {
    return { value: document.toJS(), mistakes, at, atKey };
  } catch (error) {
    const says = `${(error as Error).message}; write the values out`;
    return { value: undefined, mistakes: [...mistakes, { ...place(0), path: "(file)", says }], at, atKey };
  }
}

function syntaxMistakes(document: Document.Parsed, place: (offset: number) => Place): Mistake[] {
  return [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    ...place(pos[0]),
    path: code === "DUPLICATE_KEY" ? dotted(pathOfKey(document, pos[0])) : "(syntax)",
    says:
      inWords[code] ??
      `${message.replace(/\s+/g, " ").replace(/^./, (c) => c.toLowerCase())}; compare with the lines around it`,
  }));
}

const inWords: Partial<Record<string, string>> = {
  DUPLICATE_KEY: "set twice; keep one",
  MULTIPLE_DOCS: "a second document starts here; keep one, and let a second fleet have a file of its own",
  TAB_AS_INDENT: "indented with a tab; use spaces",
};

/** `__proto__` is the one key that reading would lose without a word. */
function protoKeys(document: Document.Parsed, place: (offset: number) => Place): Mistake[] {
  const found: Mistake[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === "__proto__")
        found.push({ ...place(key.range![0]), path: "__proto__", says: "unknown setting; remove it" });
    },
  });
  return found;
}

function pathOfKey(document: Document.Parsed, offset: number): string[] {
  let path: string[] = [];
  visit(document, {
    Pair(_, { key }, ancestors) {
      if (!isScalar(key) || key.range?.[0] !== offset) return;
      const above = ancestors.filter((node) => "key" in node).map((node) => nameOf(node as Pair));
      path = [...above, String(key.value)];
      return visit.BREAK;
    },
  });
  return path;
}

const nameOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value ?? "") : quote(String(key)));

/** Offset of a value, or of its key; follows aliases and merges, and stops at what exists. */
function find(document: Document.Parsed, path: readonly PropertyKey[], what: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    const target = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(target)) {
      node = target.items[Number(part)];
      offset = startOf(node) ?? offset;
    } else if (isMap(target)) {
      const pair = pairIn(document, target, String(part));
      if (pair === undefined) return offset;
      node = pair.value;
      const wantsKey = what === "key" && index === path.length - 1;
      const isEmpty = isScalar(node) && node.value === null;
      offset = (wantsKey || isEmpty ? undefined : startOf(node)) ?? startOf(pair.key) ?? offset;
    } else return offset;
  }
  return offset;
}

function pairIn(document: Document.Parsed, map: YAMLMap, name: string): Pair | undefined {
  const own = map.items.findLast((pair) => nameOf(pair) === name);
  if (own !== undefined) return own;
  for (const { key, value } of map.items) {
    if (!isScalar(key) || (key.value !== "<<" && key.source !== "<<")) continue;
    for (const one of isSeq(value) ? value.items : [value]) {
      const source = isAlias(one) ? one.resolve(document) : one;
      const found = isMap(source) ? pairIn(document, source, name) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function startOf(node: unknown): number | undefined {
  const { range } = (node ?? {}) as { range?: readonly number[] | null };
  return range?.[0];
}
