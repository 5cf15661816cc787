// A template prints complete plain data or nothing at all.
import { runInNewContext } from "node:vm";
import Runtime from "handlebars/runtime.js";
import { describe, expect, test } from "vitest";
import { compile, precompile } from "../../../templates/compile.ts";
import { type Engine, type Printer, withEachAlone } from "../../../templates/engine.ts";
import { print, type View } from "../../../templates/render.ts";

const noView = {} as { readonly [key: string]: View };
const runtime = withEachAlone((Runtime as Engine).create());
const ways: [string, (template: string) => Printer][] = [
  ["compiled when it is used", compile],
  ["compiled by the build", (template) => runtime.template(runInNewContext(`(${precompile(template)})`))],
];

describe.each(ways)("%s", (_way, printerFor) => {
  const render = (template: string, view: { readonly [key: string]: View }) => print(printerFor(template), view);

  describe("what is missing is an error", () => {
    test.each([
      ["a name", "{{port}}", {}],
      ["undefined", "{{port}}", { port: undefined }],
      ["null", "{{port}}", { port: null }],
      ["NaN", "{{port}}", { port: Number.NaN }],
      ["true", "{{port}}", { port: true }],
      ["a list", "{{#each users}}x{{/each}}", {}],
      ["a name in a list", "{{#each users}}{{name}}{{/each}}", { users: [{}] }],
      ["a name that the outer view has", "{{#each users}}{{port}}{{/each}}", { users: [{}], port: 1 }],
      ["what every object has", "{{constructor}}", {}],
      ["a path into nothing", "{{a.b}}", { a: {} }],
      ["something unused but undefined", "x", { port: undefined }],
      ["a getter", "{{port}}", Object.defineProperty({}, "port", { get: () => 1, enumerable: true })],
      ["an object with a prototype", "{{port}}", Object.create({ port: 1 })],
      ["a date", "{{at}}", { at: new Date() }],
      ["text where a list is meant", "{{#each users}}x{{/each}}", { users: "ab" }],
    ])("%s", (_, template, view) => {
      expect(() => render(template, view as never)).toThrow();
    });
  });

  describe("templates print, they do not decide", () => {
    test.each([
      ["if", "{{#if tls}}x{{/if}}"],
      ["unless", "{{#unless tls}}x{{/unless}}"],
      ["with", "{{#with tls}}x{{/with}}"],
      ["an implicit block", "{{#tls}}x{{/tls}}"],
      ["an inverse block", "{{^tls}}x{{/tls}}"],
      ["else", "{{#each list}}x{{else}}y{{/each}}"],
      ["a partial", "{{> other}}"],
      ["an inline partial", '{{#*inline "x"}}y{{/inline}}'],
      ["a partial block", "{{#> other}}y{{/other}}"],
      ["a decorator", "{{* x}}"],
      ["lookup", '{{lookup tls "a"}}'],
      ["log", "{{log tls}}"],
      ["a literal", '{{"tls"}}'],
      ["each as a value", "{{each}}"],
      ["triple braces", "{{{tls}}}"],
      ["the outer view", "{{#each list}}{{../tls}}{{/each}}"],
      ["loop data", "{{#each list}}{{@index}}{{/each}}"],
      ["block parameters", "{{#each list as |one|}}{{one}}{{/each}}"],
      ["a nested one", "{{#each list}}{{#if this}}x{{/if}}{{/each}}"],
    ])("%s is refused", (_, template) => {
      expect(() => render(template, { tls: "y", list: ["a"] })).toThrow();
    });

    test("the message names the line", () => {
      expect(() => render("a\n{{#if tls}}x{{/if}}", { tls: "y" })).toThrow(
        "line 2: the only block is {{#each list}}; templates print, they do not decide",
      );
    });
  });

  test("prints exactly what it is given, without escaping", () => {
    const users = [
      { name: "a", hash: "$7$&'<\"`=" },
      { name: "b", hash: "{{port}}" },
    ];
    expect(render("{{#each users}}\n{{name}}:{{hash}}\n{{/each}}\n", { users })).toBe("a:$7$&'<\"`=\nb:{{port}}\n");
    expect(render("{{#each list}}{{this}},{{/each}}{{n}}", { list: ["x", "y"], n: 0 })).toBe("x,y,0");
    expect(render("{{!-- a word to the reader --}}\nx{{#each list}}y{{/each}}", { list: [] })).toBe("x");
    expect(render("plain", noView)).toBe("plain");
  });
});
