// .bednet/ beside fleet.yaml: the key, the state, the last report. Git never sees it.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export const ownFolder = (folder: string): string => join(folder, ".bednet");

export async function makeOwnFolder(folder: string): Promise<void> {
  await mkdir(ownFolder(folder), { recursive: true, mode: 0o700 });
  await writeFile(join(ownFolder(folder), ".gitignore"), "*\n");
}
