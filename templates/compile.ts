// Compiles templates, and refuses every one that decides something. scripts/build.mjs puts what it compiled in this one's place.
import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import { type Printer, withEachAlone } from "./engine.ts";

const engine = withEachAlone(Handlebars.create());
const strictly = { strict: true, noEscape: true };

/** `path` from the project's root. */
export function compiledAt(path: string): Printer {
  return compile(readFileSync(new URL(`../${path}`, import.meta.url), "utf8"));
}

export function compile(template: string): Printer {
  return engine.compile(plain(template), strictly);
}

/** As JavaScript: an object for Handlebars' runtime. */
export function precompile(template: string): string {
  return engine.precompile(plain(template), strictly) as string;
}

function plain(template: string): hbs.AST.Program {
  const program = engine.parse(template);
  assertPlain(program);
  return program;
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
