// A PEM file that a setting names, beside fleet.yaml.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Problem } from "./problem.ts";

export async function readPem(folder: string, setting: string, file: string): Promise<string> {
  const path = resolve(folder, file);
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new Problem(
      `${setting}: cannot read ${path}: ${cause.message}`,
      "Put the file there, or correct the setting in fleet.yaml; nothing was changed.",
      { cause },
    );
  });
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new Problem(
      `${setting}: ${path} holds no certificate`,
      "It must be PEM, with a line -----BEGIN CERTIFICATE-----; nothing was changed.",
    );
  }
  return text;
}
