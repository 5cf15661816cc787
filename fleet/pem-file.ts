// A PEM file that a setting names, beside fleet.yaml.
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Problem } from "./problem.ts";

const BEGIN = "-----BEGIN CERTIFICATE-----";

export async function readPem(folder: string, setting: string, file: string): Promise<string> {
  const path = resolve(folder, file);
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new Problem(
      `${setting}: cannot read ${path}: ${cause.message}`,
      "Put the file there, or correct the setting in fleet.yaml; nothing was changed.",
      { cause },
    );
  });
  const certificates = text.split(BEGIN).slice(1);
  if (certificates.length === 0) {
    throw new Problem(
      `${setting}: ${path} holds no certificate`,
      "It must be PEM, with a line -----BEGIN CERTIFICATE-----; nothing was changed.",
    );
  }
  for (const [i, rest] of certificates.entries()) {
    if (isCertificate(BEGIN + rest)) continue;
    throw new Problem(
      `${setting}: ${path}: certificate ${i + 1} of ${certificates.length} is damaged, or only a part of one`,
      "Put the file there again from where it came; nothing was changed.",
    );
  }
  return text;
}

/** The real parser: a file that only looks like PEM would be found out by the handshake, or by certbot. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem) !== undefined;
  } catch {
    return false;
  }
}
