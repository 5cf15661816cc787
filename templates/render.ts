// Prints a template from complete, plain data. Anything missing is an error here, never an empty line on the broker.
import { existsSync, readFileSync } from "node:fs";
import Handlebars from "handlebars";

/** What a template may be given. Decisions are made before: a template knows `each` and nothing else. */
export type View = string | number | readonly View[] | { readonly [key: string]: View };

const engine = Handlebars.create();
for (const helper of Object.keys(engine.helpers)) if (helper !== "each") engine.unregisterHelper(helper);
const each = engine.helpers.each!;
engine.registerHelper("each", function (this: unknown, list: unknown, options: unknown) {
  if (!Array.isArray(list)) throw new TypeError("{{#each}} was given something that is not a list");
  return each.call(this, list, options as never);
});

export function render(template: string, view: { readonly [key: string]: View }): string {
  const program = engine.parse(template);
  assertPlain(program);
  return engine.compile(program, { strict: true, noEscape: true })(complete(view, "view"));
}

/** A printer of the `.hbs` files beside a module, or, where modules are bundled into one folder, in `folder` below it. */
export function templatesBeside(
  moduleUrl: string,
  folder: string,
): (name: string, view: { readonly [key: string]: View }) => string {
  return (name, view) => {
    const places = [new URL(name, moduleUrl), new URL(`${folder}/${name}`, moduleUrl)];
    const place = places.find((url) => existsSync(url));
    if (place === undefined) throw new Error(`template ${name} is neither at ${places.join(" nor at ")}`);
    return render(readFileSync(place, "utf8"), view);
  };
}

/** Text, comments, `{{name}}` and `{{#each list}}`; no partial, no inverse block, no helper, no second spelling. */
function assertPlain(program: hbs.AST.Program): void {
  for (const node of program.body) {
    const { type, loc } = node;
    const refuse = (what: string): never => {
      throw new SyntaxError(`line ${loc.start.line}: ${what}; templates print, they do not decide`);
    };
    if (type === "ContentStatement" || type === "CommentStatement") continue;
    if (type === "MustacheStatement") {
      const { path, params, hash, escaped } = node as hbs.AST.MustacheStatement;
      if (!isName(path) || params.length > 0 || hash !== undefined || !escaped) refuse("only {{name}} prints a value");
    } else if (type === "BlockStatement") {
      const { path, params, hash, program: body, inverse } = node as hbs.AST.BlockStatement;
      if ((path as hbs.AST.PathExpression).original !== "each") refuse("the only block is {{#each list}}");
      if (params.length !== 1 || !isName(params[0]!) || hash !== undefined) refuse("{{#each}} takes one list");
      if (inverse || !body || body.blockParams?.length) refuse("{{#each}} has no {{else}} and no block parameters");
      assertPlain(body);
    } else refuse(`${type} is not allowed`);
  }
}

/** A field of the view in hand: no `../`, no `@data`, no literal. */
function isName(node: hbs.AST.Expression): boolean {
  if (node.type !== "PathExpression") return false;
  const { depth, data } = node as hbs.AST.PathExpression;
  return depth === 0 && !data;
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
