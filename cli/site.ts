// What lies beside fleet.yaml, checked before anything is touched: fleet, lock, verify key, files that settings name.
import type { VerifyKey } from "../fleet/credentials.ts";
import { noKey, readVerifyKey } from "../fleet/key-file.ts";
import { readFleet } from "../fleet/load.ts";
import { forgedLines, type Lock, lockProblem } from "../fleet/lock.ts";
import { readLock } from "../fleet/lock-file.ts";
import { readPem } from "../fleet/pem-file.ts";
import { Problem } from "../fleet/problem.ts";
import type { Fleet } from "../fleet/schema.ts";

/** Enough to converge and verify: it holds no device's password. */
export interface Site {
  readonly fleet: Fleet;
  readonly folder: string;
  readonly lock: Lock;
  readonly verifyKey: VerifyKey;
  /** CA of the ACME server's own HTTPS. */
  readonly acmeCaPem: string | undefined;
  /** Roots that the broker's certificate must end in. */
  readonly trust: "system" | string;
}

export async function readSite(path: string, env: Readonly<Record<string, string | undefined>>): Promise<Site> {
  const { fleet, folder } = await readFleet(path);
  const lock = await readLock(folder);
  const problem = lockProblem(fleet, lock);
  if (problem) throw problem;
  const verifyKey = await readVerifyKey(folder, env);
  if (!verifyKey) throw noKey(folder);
  const forged = forgedLines(lock!, verifyKey);
  if (forged.length > 0) {
    throw new Problem(
      `fleet.lock was edited by hand: ${forged.join(", ")} ${forged.length === 1 ? "has" : "have"} a password that the key did not make`,
      "Bring it back from git, then run `bednet lock`.",
    );
  }
  const { tls } = fleet.broker;
  const pem = (setting: string, file: string | undefined) =>
    file === undefined ? undefined : readPem(folder, setting, file);
  const acmeCaPem = await pem("broker.tls.serverCaFile", tls.issuer === "acme" ? tls.serverCaFile : undefined);
  const trust = await pem("broker.tls.trustFile", tls.issuer === "letsencrypt" ? undefined : tls.trustFile);
  return { fleet, folder, lock: lock!, verifyKey, acmeCaPem, trust: trust ?? "system" };
}
