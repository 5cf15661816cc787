// Debian's signing keys. A base is never built without them.
import { readFile } from "node:fs/promises";
import { Problem } from "../fleet/problem.ts";

const installed = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Debian 12 and 13 are both signed with the archive keys of both, so one of them is enough (seen in their InRelease). */
const signers = ["(12/bookworm)", "(13/trixie)"];

/** User ids are plain text inside a keyring, so this needs no gpg. */
export async function findKeyring(keyring = installed): Promise<string> {
  const bytes = await readFile(keyring).catch(() => Buffer.alloc(0));
  if (signers.some((name) => bytes.includes(name))) return keyring;
  const state = bytes.length === 0 ? "is not there" : "is older than Debian 12";
  throw new Problem(
    `${keyring} ${state}, so nothing from a Debian mirror could be trusted`,
    "Install the newest keyring: apt-get update && apt-get install debian-archive-keyring.",
  );
}
