// Walks the nodes of a YAML document: where a setting stands, and which keys stand twice.
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, visit, type YAMLMap } from "yaml";
import { dotted } from "./mistake.ts";

type Path = readonly PropertyKey[];

/** Offset of a value, or of its key; follows aliases and merges, and stops at what exists. */
export function offsetOf(document: Document.Parsed, path: Path, what: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    const target = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(target)) {
      node = target.items[Number(part)];
      offset = startOf(node) ?? offset;
      continue;
    }
    const pair = isMap(target) ? pairIn(document, target, String(part), 0) : undefined;
    if (pair === undefined) return offset;
    node = pair.value;
    const wantsKey = what === "key" && index === path.length - 1;
    const isEmpty = isScalar(node) && node.value === null;
    offset = (wantsKey || isEmpty ? undefined : startOf(node)) ?? startOf(pair.key) ?? offset;
  }
  return offset;
}

/** Keys that stand twice in one map, and `__proto__`, the one key that reading would lose without a word. */
export function keyMistakes(document: Document.Parsed): { offset: number; path: string; says: string }[] {
  const found: { offset: number; path: string; says: string }[] = [];
  visit(document, {
    Map(_, map, ancestors) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = nameOf(key);
        const offset = startOf(key) ?? 0;
        const path = dotted([...pathOf([...ancestors, map]), name]);
        if (name === "__proto__") found.push({ offset, path, says: "unknown setting; remove it" });
        else if (seen.has(name)) found.push({ offset, path, says: "set twice; keep one" });
        seen.add(name);
      }
    },
  });
  return found;
}

function pathOf(ancestors: readonly (Document | Node | Pair)[]): PropertyKey[] {
  return ancestors.flatMap((node, index): PropertyKey[] => {
    if ("key" in node) return [nameOf(node.key)];
    return isSeq(node) && index + 1 < ancestors.length ? [node.items.indexOf(ancestors[index + 1] as Node)] : [];
  });
}

function pairIn(document: Document.Parsed, map: YAMLMap, name: string, depth: number): Pair | undefined {
  const own = pairsOf(map).get(name);
  if (own !== undefined || depth > 8) return own;
  const merged = map.items
    .filter(({ key }) => nameOf(key) === "<<")
    .flatMap(({ value }) => (isSeq(value) ? value.items : [value]));
  for (const one of merged) {
    const source = isAlias(one) ? one.resolve(document) : one;
    const found = isMap(source) ? pairIn(document, source, name, depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** By name, the last of two: looking through the items for each of thousands of mistakes would take minutes. */
const pairs = new WeakMap<YAMLMap, Map<string, Pair>>();
function pairsOf(map: YAMLMap): Map<string, Pair> {
  const known = pairs.get(map) ?? new Map(map.items.map((pair) => [nameOf(pair.key), pair]));
  pairs.set(map, known);
  return known;
}

function nameOf(key: unknown): string {
  if (!isScalar(key)) return "?";
  return typeof key.value === "symbol" ? String(key.source) : String(key.value ?? "");
}

function startOf(node: unknown): number | undefined {
  const { range } = (node ?? {}) as { range?: readonly number[] | null };
  return range?.[0];
}
