// Writes files that are not there, and never one that is.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface NewFile {
  /** From the folder that is given beside it. */
  readonly path: string;
  readonly content: string;
  /** What to do by hand where it is there, from what is in it; undefined: nothing. */
  readonly lacks?: (text: string) => string | undefined;
}

export interface Written {
  readonly path: string;
  readonly isKept: boolean;
  /** To be done by hand. */
  readonly lacks?: string;
}

export async function writeNew(folder: string, { path, content, lacks }: NewFile): Promise<Written> {
  const whole = join(folder, path);
  await mkdir(dirname(whole), { recursive: true });
  const isKept = await writeFile(whole, content, { flag: "wx" }).then(() => false, unlessThere);
  const missing = isKept ? lacks?.(await readFile(whole, "utf8")) : undefined;
  return { path: whole, isKept, ...(missing !== undefined && { lacks: missing }) };
}

function unlessThere(error: NodeJS.ErrnoException): true {
  if (error.code === "EEXIST") return true;
  throw error;
}
