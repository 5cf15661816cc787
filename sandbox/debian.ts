// The Debian releases we rehearse on, and where this machine gets Debian from.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export type Release = "trixie" | "bookworm";

export const releaseNames = { trixie: "Debian 13", bookworm: "Debian 12" } as const satisfies Record<Release, string>;

export interface Mirror {
  readonly archive: string;
  readonly security: string;
}

const usual: Mirror = { archive: "http://deb.debian.org/debian", security: "http://deb.debian.org/debian-security" };

/** The mirror of this machine's own apt when it is Debian: it is near, and allowed where others may not be. */
export async function findMirror(aptFolder = "/etc/apt"): Promise<Mirror> {
  const urls = (await sourceTexts(aptFolder)).flatMap(urlsOf);
  return {
    archive: urls.find((url) => /\/debian$/.test(url)) ?? usual.archive,
    security: urls.find((url) => /\/debian-security$/.test(url)) ?? usual.security,
  };
}

async function sourceTexts(aptFolder: string): Promise<string[]> {
  const folder = join(aptFolder, "sources.list.d");
  const names = await readdir(folder).catch(() => []);
  const files = [
    join(aptFolder, "sources.list"),
    ...names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(folder, name)),
  ];
  return Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
}

/** Both styles: `deb [options] URL suite …` and `URIs: URL …`. */
function urlsOf(text: string): string[] {
  return text
    .split("\n")
    .flatMap((line) => {
      const oneLine = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s/.exec(line);
      const uris = /^URIs:\s*(.*)$/i.exec(line);
      return oneLine ? [oneLine[1]!] : uris ? uris[1]!.trim().split(/\s+/) : [];
    })
    .filter((url) => /^https?:\/\//.test(url))
    .map((url) => url.replace(/\/+$/, ""));
}

/** What a stock image has as its sources, in the style of Debian's own cloud images. */
export function sourcesFile(release: Release, { archive, security }: Mirror): string {
  const keyring = "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg";
  return [
    `Types: deb\nURIs: ${archive}\nSuites: ${release} ${release}-updates\nComponents: main\n${keyring}\n`,
    `Types: deb\nURIs: ${security}\nSuites: ${release}-security\nComponents: main\n${keyring}\n`,
  ].join("\n");
}
