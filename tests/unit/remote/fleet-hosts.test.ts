// fleet.hosts: what is pinned, read and written whole.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parsePins, placeOf, readPins, writePin } from "../../../remote/fleet-hosts.ts";

const one = `SHA256:${"a".repeat(43)}` as const;
const two = `SHA256:${"b".repeat(43)}` as const;
let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-pins-"));
  file = join(folder, "fleet.hosts");
});
afterEach(() => rm(folder, { recursive: true }));

test("without a file nothing is pinned", async () => expect(await readPins(file)).toEqual(new Map()));

test("a pin is written, a second one joins it, a new one for the same host replaces it", async () => {
  await writePin(file, placeOf("203.0.113.20", 22), one);
  await writePin(file, placeOf("2001:db8::1", 2222), one);
  await writePin(file, placeOf("203.0.113.20", 22), two);
  expect(await readFile(file, "utf8")).toBe(
    `# Host keys that bednet compares with. Commit this file.\n203.0.113.20:22 ${two}\n2001:db8::1:2222 ${one}\n`,
  );
  expect(await readPins(file)).toEqual(
    new Map([
      ["203.0.113.20:22", two],
      ["2001:db8::1:2222", one],
    ]),
  );
  expect(await readdir(folder)).toEqual(["fleet.hosts"]);
});

test("comments and blank lines are passed over", () =>
  expect(parsePins(`# ours\n\n  a:22   ${one}  \n`, "f").get("a:22")).toBe(one));

test.each([
  ["a:22", 'f:2  expected "address:port SHA256:…"'],
  [`a:22 ${one} extra`, 'f:2  expected "address:port SHA256:…"'],
  ["a:22 SHA256:short", 'f:2  "SHA256:short" is not a host key fingerprint'],
])("%j is a mistake", (row, message) => expect(() => parsePins(`\n${row}\n`, "f")).toThrow(message));

test("a file that cannot be read is not taken for an empty one", async () => {
  await writeFile(file, "");
  await expect(readPins(join(file, "below"))).rejects.toThrow("ENOTDIR");
});
