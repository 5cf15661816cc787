// Whole rendered host files of the examples, kept in tests/golden to be reviewed as a diff. `npm run golden` rewrites them.
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { HostFile } from "../templates/bundle.ts";
import { type Example, exampleBundle } from "./example-bundle.ts";

export const goldenFolder = new URL("golden/hosts/", import.meta.url);

/** Versions whose files differ by more than MemoryMax: the golden test holds the others against their neighbours. */
const kept = {
  "small-farm": ["2.0.11", "2.0.21", "2.1.2"],
  "thousand-devices": ["2.0.21"],
} as const satisfies Record<Example, readonly string[]>;

/** By path below the golden folder. */
export async function goldenFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const [example, versions] of Object.entries(kept) as [Example, readonly string[]][]) {
    for (const version of versions) {
      const bundle = await exampleBundle(example, version);
      const folder = `${example}/${version}`;
      for (const file of bundle.files)
        files.set(`${folder}${file.path}`, example === "small-farm" ? file.content : shortened(file));
      const { certificate, folders, packages, units } = bundle;
      const state = { files: bundle.files.map(described), folders, certificate, packages, units };
      files.set(`${folder}/bundle.json`, `${JSON.stringify(state, null, 2)}\n`);
    }
  }
  return files;
}

const described = ({ path, owner, group, mode, effect, secret }: HostFile): string =>
  `${mode} ${owner}:${group} ${effect}${secret ? " secret" : ""} ${path}`;

/** Of a thousand devices three are shown; the checksum speaks for the others. */
function shortened({ content }: HostFile): string {
  const lines = content.split("\n");
  const devices = lines.filter(isOfDevice);
  if (devices.length <= 3) return content;
  const hidden = new Set(devices.slice(3));
  const sha256 = createHash("sha256").update(content).digest("hex");
  const shown = lines.filter((line) => !hidden.has(line)).join("\n");
  return `${shown}(${hidden.size} lines of further devices are not shown; sha256 of the whole file: ${sha256})\n`;
}

const isOfDevice = (line: string): boolean => /\bsensor-\d+\b/.test(line);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await rm(goldenFolder, { recursive: true, force: true });
  for (const [path, content] of await goldenFiles()) {
    const place = new URL(path, goldenFolder);
    await mkdir(dirname(fileURLToPath(place)), { recursive: true });
    await writeFile(place, content);
  }
}
