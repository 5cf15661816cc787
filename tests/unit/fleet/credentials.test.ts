// Vectors come from openssl, not from this code. For K = 000102…1f:
//   hkdf()  { openssl kdf -keylen $3 -kdfopt digest:SHA256 -kdfopt hexkey:$1 -kdfopt salt: -kdfopt info:$2 HKDF; }
//   hkdf $K verify 32; hkdf $K id 4; hkdf $K principal:soil-1:1 18 (as base64url); hkdf $K salt:soil-1:1 12
//   openssl kdf -keylen 64 -kdfopt digest:SHA512 -kdfopt pass:$PASSWORD -kdfopt hexsalt:$SALT -kdfopt iter:101 PBKDF2
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { FleetKey, hashOf, isExampleKey, passwordOf, VerifyKey } from "../../../fleet/credentials.ts";
import { Problem } from "../../../fleet/problem.ts";

const keyText = "bednet-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const verifyText = "bednet-verify-key-1:bffdbgw8LhLP-Al-NmLk7j0CNbl90-tECHWP0vHdoTQ";
const key = FleetKey.parse(keyText);

const problemOf = (action: () => unknown): Problem => {
  try {
    action();
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error("expected a Problem");
};

describe("derived by openssl and by us", () => {
  test("the verify key and both ids", () => {
    expect(key.verifyKey.text().reveal()).toBe(verifyText);
    expect([key.id, key.verifyKey.id]).toEqual(["7bdf26e3", "3b4116e6"]);
    expect(VerifyKey.parse(verifyText).id).toBe("3b4116e6");
  });

  test("the password of a device, by generation", () => {
    expect(passwordOf(key, "soil-1", 1).reveal()).toBe("a5_m-vlfg6IZDvPUtf9ZiItF");
    expect(passwordOf(key, "soil-1", 2).reveal()).toBe("Pb_tQzBWFp7x_Ih06QKpieG2");
  });

  test("the hash in the password file", () => {
    expect(hashOf(key, "soil-1", 1)).toBe(
      "$7$101$O5rbEcHRnLf39Y7O$PXU0tlfgFQK75hemMfpOzdkkuF0e8plBnDfk7KK03KBpPbiFWLBKOn3KEv5iK7RViNOx1EV40WZyGjRcSh1fYA==",
    );
    expect(hashOf(key, "soil-1", 2)).toBe(
      "$7$101$VS6Z02cCVYpjJjGK$n9+gP6kv4TMKS2TzOs8PyELEN7o5X+BQZnvNcjW1UfwNHFMScbpb5BbZay5PCSJhckzDIgQjc0j90FkqFQHeEQ==",
    );
  });

  test("a monitor of ours derives from the verify key, whichever of the two keys is here", () => {
    const hash =
      "$7$101$r8bzIbIXI3gJpvGG$UGbsYvkvwrl8hQXA1ZEre8PMQZ4nBCN6C/96CUDaU081kchgVN0GBFE2AcO5gd+qmM9aLH0iEj0hzvpcb22x0g==";
    expect(hashOf(key, "bednet-monitor", 1)).toBe(hash);
    expect(hashOf(VerifyKey.parse(verifyText), "bednet-monitor", 1)).toBe(hash);
  });
});

test("the verify key gives no device's password", () => {
  const problem = problemOf(() => passwordOf(key.verifyKey, "soil-1", 1));
  expect([problem.message, problem.fix]).toEqual([
    "the password of soil-1 follows from the fleet's key, and only the verify key is here",
    "Put the fleet's key in .bednet/key (`bednet key set`) or in BEDNET_KEY.",
  ]);
});

test("a generated key survives its text form, and no two are alike", () => {
  const [a, b] = [FleetKey.generate(), FleetKey.generate()];
  expect(FleetKey.parse(`${a.text().reveal()}\n`).id).toBe(a.id);
  expect(a.text().reveal()).not.toBe(b.text().reveal());
});

describe("a text that is no key", () => {
  const noKey = [
    "this is not a fleet key: expected bednet-key-1: and 43 letters, digits, - or _ after it",
    "Copy the whole line that `bednet key show` prints.",
  ];
  test.each([
    ["nothing", ""],
    ["no prefix", keyText.slice("bednet-key-1:".length)],
    ["one character short", keyText.slice(0, -1)],
    ["one character more", `${keyText}A`],
    ["a character of another alphabet", keyText.replace("E", "+")],
    ["bits beyond the last byte", `${keyText.slice(0, -1)}9`],
  ])("%s", (_, text) => {
    const problem = problemOf(() => FleetKey.parse(text));
    expect([problem.message, problem.fix]).toEqual(noKey);
  });

  test("a verify key in its place is told apart", () => {
    const problem = problemOf(() => FleetKey.parse(verifyText));
    expect([problem.message, problem.fix]).toEqual([
      "this is a verify key, and a fleet key is needed",
      "Copy the whole line that `bednet key show` prints.",
    ]);
    const other = problemOf(() => VerifyKey.parse(keyText));
    expect([other.message, other.fix]).toEqual([
      "this is a fleet key, and a verify key is needed",
      "Copy the whole line that `bednet key show --verify` prints.",
    ]);
  });
});

test("no key prints itself", () => {
  const printed = [inspect(key, { depth: 9, showHidden: true }), JSON.stringify(key), `${key.text()}`].join("\n");
  expect(printed).not.toMatch(/AAECAwQ|bffdbgw8|0, 1, 2|00 01 02/);
});

test("the key of the examples is the public one", () => {
  const example = FleetKey.parse(readFileSync(new URL("../../../examples/key", import.meta.url), "utf8"));
  expect(isExampleKey(example.id)).toBe(true);
  expect(isExampleKey(key.id)).toBe(false);
});
