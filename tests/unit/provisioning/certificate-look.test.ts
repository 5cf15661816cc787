// What the look says of a certificate, by the real script in a folder that stands for /etc/letsencrypt.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { certificate } from "../../../provisioning/resources/certificate.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bednet-letsencrypt-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function look(): string {
  const text = certificate.look(["bednet"]).text.replaceAll("/etc/letsencrypt", folder);
  return execFileSync("dash", ["-euc", text], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const pem = "-----BEGIN CERTIFICATE-----\nAA\nBB\n-----END CERTIFICATE-----\n";

test("none, one that renews, and one whose renewal is gone: which is looked at as any other", () => {
  expect(look()).toBe("certificate\tbednet\tabsent\n");
  write("live/bednet/fullchain.pem", pem);
  write("live/bednet/privkey.pem", "key\n");
  expect(look()).toMatch(/^certificate\tbednet\tnone elsewhere \d+ AABB\n$/);
  write("renewal/bednet.conf", "[renewalparams]\nserver = https://acme.example/dir\n");
  expect(look()).toMatch(/^certificate\tbednet\thttps:\/\/acme\.example\/dir elsewhere \d+ AABB\n$/);
});
