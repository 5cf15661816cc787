// The settings as a tree that can be walked by path: for editors (docs/fleet.schema.json) and for naming what is known.
import * as z from "zod";
import { FleetFile } from "./schema.ts";

interface Node {
  readonly description?: string;
  readonly properties?: Record<string, Node>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly const?: unknown;
}

/** JSON Schema of fleet.yaml as an editor reads it. */
export function fleetJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(FleetFile, { io: "input", target: "draft-7" });
  return { $schema, title: "fleet.yaml of bednet", ...rest };
}

let tree: Node | undefined;

/** Names of the settings that exist below a path; with `value`, of the variant that the value chose. */
export function knownBelow(path: readonly PropertyKey[], root: unknown): readonly string[] {
  return Object.keys(nodeAt(path, root)?.properties ?? {});
}

/** What a setting is for. */
export function descriptionOf(path: readonly PropertyKey[], root: unknown): string | undefined {
  return nodeAt(path, root)?.description;
}

/** Dotted paths of every setting with this name, at any depth outside of lists and named entries. */
export function pathsNamed(name: string): string[] {
  tree ??= fleetJsonSchema() as Node;
  const below = (node: Node, path: readonly string[]): string[] =>
    Object.entries({
      ...node.properties,
      ...Object.assign({}, ...variants(node).map((one) => one.properties ?? {})),
    }).flatMap(([key, child]) => [
      ...(key === name ? [[...path, key].join(".")] : []),
      ...below(child as Node, [...path, key]),
    ]);
  return below(tree, []);
}

const variants = (node: Node): readonly Node[] => node.anyOf ?? node.oneOf ?? [];

function nodeAt(path: readonly PropertyKey[], root: unknown): Node | undefined {
  tree ??= fleetJsonSchema() as Node;
  let node: Node | undefined = chosen(tree, root);
  let value = root;
  for (const part of path) {
    value = typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined;
    const named: Node | undefined =
      node?.properties !== undefined && Object.hasOwn(node.properties, part)
        ? node.properties[String(part)]
        : undefined;
    const other: Node | undefined =
      typeof node?.additionalProperties === "object" ? node.additionalProperties : undefined;
    const below: Node | undefined = typeof part === "number" ? node?.items : (named ?? other);
    node = below === undefined ? undefined : chosen(below, value);
  }
  return node;
}

/** Of several variants the one whose fixed setting (issuer, provider) the value has, else the one with settings. */
function chosen(node: Node, value: unknown): Node {
  const all = variants(node).filter((one) => one.properties !== undefined);
  const fits = (one: Node): boolean =>
    Object.entries(one.properties!).some(
      ([key, { const: fixed }]) => fixed !== undefined && fixed === (value as Record<string, unknown> | null)?.[key],
    );
  const variant = all.find(fits) ?? all[0];
  return variant === undefined
    ? node
    : { ...variant, ...(node.description === undefined ? {} : { description: node.description }) };
}
