// Keeps packages from starting services while they are installed: Debian's policy-rc.d, ours only where there is none.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isAlive, type ProcessId, processId } from "./process-id.ts";

const POLICY = "/usr/sbin/policy-rc.d";
const mark = "# written by bednet, which removes it when it has installed packages: ";

export async function withoutServices<T>(work: () => Promise<T>, policy = POLICY): Promise<T> {
  removeStalePolicy(policy);
  if (existsSync(policy)) return work();
  const text = `#!/bin/sh\n${mark}${JSON.stringify(processId(process.pid))}\nexit 101\n`;
  writeFileSync(policy, text, { mode: 0o755, flag: "wx" });
  try {
    return await work();
  } finally {
    rmSync(policy);
  }
}

/** With it no package on this machine could start a service any more. Somebody else's is theirs. */
export function removeStalePolicy(policy = POLICY): void {
  const line = existsSync(policy) ? readFileSync(policy, "utf8").split("\n")[1] : undefined;
  if (!line?.startsWith(mark)) return;
  if (!isAlive(JSON.parse(line.slice(mark.length)) as ProcessId)) rmSync(policy);
}
