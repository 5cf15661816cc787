// Hostile values end in a refusal or in a correctly quoted word, in every language that a host file is written in.
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { confValue, nftNetwork, scriptWord, systemdValue } from "../../../templates/quote.ts";

const hostile = ["", "a\nlistener 1", "a\rb", "a\0b", "\nx", "x\n"];

test.each(hostile)("%j is refused everywhere", (text) => {
  for (const quote of [confValue, systemdValue, nftNetwork]) expect(() => quote(text)).toThrow(TypeError);
  if (text !== "") expect(() => scriptWord(text)).toThrow(TypeError);
});

test.each([" a", "a ", "a\tb", "\t"])("mosquitto would trim or split %j", (text) => {
  expect(() => confValue(text)).toThrow(TypeError);
});

test("a mosquitto setting may hold blanks inside", () => expect(confValue("farm/a b/#")).toBe("farm/a b/#"));

test.each(["a b", 'a"b', "a\\b", "$a", "a'b", "a;b", "ü"])("systemd would need quotes for %j", (text) => {
  expect(() => systemdValue(text)).toThrow(TypeError);
});

test("a per cent sign is no systemd specifier", () => expect(systemdValue("/etc/a%h")).toBe("/etc/a%%h"));

test.each(["a'b", "$(id)", "`id`", "a b", '"', "\\", "*", "-n", "'; rm -rf x; '", ""])(
  "the shell takes %j as one word",
  (text) => {
    expect(execFileSync("sh", ["-c", `printf %s. ${scriptWord(text)}`], { encoding: "utf8" })).toBe(`${text}.`);
  },
);

test.each([
  ["203.0.113.7/32", 4],
  ["203.0.113.7", 4],
  ["0.0.0.0/0", 4],
  ["2001:db8::/32", 6],
  ["::1", 6],
])("%s is a network", (text, family) => expect(nftNetwork(text)).toEqual({ family, text }));

test.each([
  "203.0.113.7/33",
  "2001:db8::/129",
  "203.0.113.7/",
  "203.0.113.7/8/8",
  "fe80::1%eth0",
  "example.com",
  "1.2.3.4 }",
  "::1/0x1",
])("%s is none", (text) => expect(() => nftNetwork(text)).toThrow(TypeError));

test("a refusal shows the value", () => {
  expect(() => confValue("a\nb")).toThrow('"a\\nb" cannot be written as a mosquitto setting');
});
