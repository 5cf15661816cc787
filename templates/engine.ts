// Handlebars with `each` and nothing else: the same, whether a template is compiled when it is used or was beforehand.
import type Handlebars from "handlebars";

export type Engine = typeof Handlebars;
/** Prints a view that is complete and plain. */
export type Printer = (view: unknown) => string;

export function withEachAlone(engine: Engine): Engine {
  const each = engine.helpers.each!;
  for (const helper of Object.keys(engine.helpers)) if (helper !== "each") engine.unregisterHelper(helper);
  engine.registerHelper("each", function (this: unknown, list: unknown, options: unknown) {
    if (!Array.isArray(list)) throw new TypeError("{{#each}} was given something that is not a list");
    return each.call(this, list, options as never);
  });
  return engine;
}
