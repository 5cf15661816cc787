// Starts a converge as a process that can be killed like a laptop that is closed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatLock } from "../../../fleet/lock.ts";
import type { HostRig } from "../rig.ts";

export interface Killable {
  /** Resolves with its exit code, null when it was killed. */
  readonly ended: Promise<number | null>;
  kill(): void;
}

/** `adminCidrs`: who may use SSH afterwards; the refusal that would hold us back is passed by. */
export async function startConverge(rig: HostRig, { adminCidrs }: { adminCidrs?: string[] } = {}): Promise<Killable> {
  const { lock, verifyKey, ...rest } = rig.site();
  const host = { ...rest.fleet.host, ...(adminCidrs && { adminCidrs }) };
  const site = { ...rest, fleet: { ...rest.fleet, host } };
  const { address, port } = rig.acme.dnsServer;
  const given = {
    site,
    lock: formatLock(lock),
    verifyKey: verifyKey.text().reveal(),
    ssh: rig.ssh,
    dnsServers: [`${address}:${port}`],
  };
  const file = join(rig.guest.folder, "converge.json");
  await writeFile(file, JSON.stringify(given), { mode: 0o600 });
  const script = fileURLToPath(new URL("child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, file], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(child, "exit").then(async ([code]) => {
    await rm(file, { force: true });
    return code as number | null;
  });
  return { ended, kill: () => child.kill("SIGKILL") };
}
