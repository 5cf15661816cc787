// fleet.hosts: the pinned key of every existing host, committed beside fleet.yaml so that everybody compares with the same.
import { readFile, rename, writeFile } from "node:fs/promises";
import { Problem } from "../fleet/problem.ts";
import { type Fingerprint, parseFingerprint } from "./host-key.ts";

/** `address:port` → fingerprint, in file order. */
export type Pins = ReadonlyMap<string, Fingerprint>;

export const placeOf = (address: string, port: number): string => `${address}:${port}`;

export function parsePins(text: string, file: string): Pins {
  const pins = new Map<string, Fingerprint>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [place, fingerprint, ...rest] = line.trim().split(/\s+/);
    if (!fingerprint || rest.length > 0) {
      throw new Problem(
        `${file}:${i + 1}  expected "address:port SHA256:…"`,
        `Mend or remove the line; nothing was changed.`,
      );
    }
    pins.set(place!, parseFingerprint(fingerprint, `${file}:${i + 1}  `));
  }
  return pins;
}

export async function readPins(file: string): Promise<Pins> {
  try {
    return parsePins(await readFile(file, "utf8"), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw error;
  }
}

export async function writePin(file: string, place: string, fingerprint: Fingerprint): Promise<void> {
  const pins = new Map(await readPins(file)).set(place, fingerprint);
  const lines = [...pins].map(([host, pin]) => `${host} ${pin}\n`).join("");
  await writeFile(`${file}.new`, `# Host keys that bednet compares with. Commit this file.\n${lines}`);
  await rename(`${file}.new`, file);
}
