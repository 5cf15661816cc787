import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findMirror, sourcesFile } from "../../../sandbox/debian.ts";

let apt: string;
beforeEach(async () => {
  apt = await mkdtemp(join(tmpdir(), "bednet-apt-"));
  await mkdir(join(apt, "sources.list.d"));
});
afterEach(() => rm(apt, { recursive: true }));

const usual = { archive: "http://deb.debian.org/debian", security: "http://deb.debian.org/debian-security" };

test("one-line sources, with options and a trailing slash", async () => {
  await writeFile(
    join(apt, "sources.list"),
    [
      "# deb http://old.example.net/debian bookworm main",
      "deb [arch=amd64 signed-by=/x.gpg] http://mirror.example.net/debian/ bookworm main",
      "deb http://mirror.example.net/debian-security bookworm-security main",
    ].join("\n"),
  );
  expect(await findMirror(apt)).toEqual({
    archive: "http://mirror.example.net/debian",
    security: "http://mirror.example.net/debian-security",
  });
});

test("deb822 sources beside somebody else's repository", async () => {
  await writeFile(join(apt, "sources.list.d/a.list"), "deb https://packages.example.com/apt stable main\n");
  await writeFile(
    join(apt, "sources.list.d/debian.sources"),
    "Types: deb\nURIs: https://near.example.net/debian\nSuites: trixie\n",
  );
  expect(await findMirror(apt)).toEqual({ ...usual, archive: "https://near.example.net/debian" });
});

test("Ubuntu's mirror has no Debian on it", async () => {
  await writeFile(join(apt, "sources.list"), "deb http://archive.ubuntu.com/ubuntu noble main\n");
  expect(await findMirror(apt)).toEqual(usual);
});

test("a mirror that is a file or a CD cannot be used from a guest", async () => {
  await writeFile(join(apt, "sources.list"), "deb cdrom:[Debian]/ bookworm main\ndeb file:/srv/debian bookworm main\n");
  expect(await findMirror(apt)).toEqual(usual);
});

test("a guest has the security suite, and every source is signed", () => {
  expect(sourcesFile("trixie", usual)).toBe(`Types: deb
URIs: http://deb.debian.org/debian
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: trixie-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`);
});
