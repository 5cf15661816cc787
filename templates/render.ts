// Prints a template from complete, plain data. Anything missing is an error here, never an empty line on the broker.
import { compiledAt } from "./compile.ts";
import type { Printer } from "./engine.ts";

/** What a template may be given. Decisions are made before: a template knows `each` and nothing else. */
export type View = string | number | readonly View[] | { readonly [key: string]: View };

/** Prints the `.hbs` files in a folder of this project. */
export function templatesIn(folder: string): (name: string, view: { readonly [key: string]: View }) => string {
  return (name, view) => print(compiledAt(`${folder}/${name}`), view);
}

export function print(printer: Printer, view: { readonly [key: string]: View }): string {
  return printer(complete(view, "view"));
}

/** A copy without prototypes, so that `{{constructor}}` is as missing as any other unknown name. */
function complete(value: unknown, path: string): View {
  if (typeof value === "string" || (typeof value === "number" && Number.isFinite(value))) return value;
  if (Array.isArray(value)) return Array.from(value, (item, i) => complete(item, `${path}[${i}]`));
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const copy = Object.create(null) as { [key: string]: View };
    for (const [key, { value: item, get }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      if (get) throw new TypeError(`${path}.${key} is a getter; templates take complete plain data`);
      copy[key] = complete(item, `${path}.${key}`);
    }
    return copy;
  }
  const kind = value === null ? "null" : typeof value === "number" ? String(value) : typeof value;
  throw new TypeError(`${path} is ${kind}; templates take complete plain data`);
}
