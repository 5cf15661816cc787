// A real Debian guest with a real ACME server, and everything a test needs to converge it, break it and look at it.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../../checks/report.ts";
import { targetOf, type VerifyTarget } from "../../checks/target.ts";
import { verify } from "../../checks/verify.ts";
import { rehearsalSite, sshTo } from "../../cli/rehearsal.ts";
import { rollout } from "../../cli/rollout.ts";
import type { Site } from "../../cli/site.ts";
import { FleetKey } from "../../fleet/credentials.ts";
import { parseFleet } from "../../fleet/load.ts";
import { planFleet } from "../../fleet/plan.ts";
import type { Fleet } from "../../fleet/schema.ts";
import { type Converged, type ConvergeOptions, converge } from "../../provisioning/converge.ts";
import { type Preview, preview } from "../../provisioning/preview.ts";
import { connect, type SshTarget } from "../../remote/ssh.ts";
import { type Acme, startAcme } from "../../sandbox/acme.ts";
import type { Release } from "../../sandbox/debian.ts";
import { bootGuest, type Guest } from "../../sandbox/guest.ts";

export const RIG_DOMAIN = "mqtt.farm.example.com";

export interface RigOptions {
  readonly release: Release;
  /** Text of fleet.yaml; its host and issuer are replaced by the guest's. */
  readonly yaml?: string;
  /** Text of devices.csv. */
  readonly csv?: string;
  readonly certificateDays?: number;
  readonly sshPort?: number;
  /** Changes the root before it boots. */
  readonly prepare?: (root: string) => Promise<void>;
}

export interface HostRig {
  readonly guest: Guest;
  readonly acme: Acme;
  readonly key: FleetKey;
  readonly ssh: SshTarget;
  /** Fleet, lock and trust as the last `change` left them. */
  site(): Site;
  /** Another fleet from now on, locked again in memory. */
  change(edit: (fleet: Fleet) => Fleet): Promise<void>;
  /** Back to a site that was kept: an older checkout. */
  restore(site: Site): void;
  /** What converge is given; a test overrides `bundleFor`, `force` and so on. */
  options(overrides?: Partial<ConvergeOptions>): ConvergeOptions;
  /** Over a connection of its own, which is closed again. `said`: every line of progress. */
  converge(overrides?: Partial<ConvergeOptions>): Promise<Converged & { readonly said: readonly string[] }>;
  preview(): Promise<Preview>;
  target(): VerifyTarget;
  verify(...only: readonly string[]): Promise<Report>;
  /** Runs a shell script inside, without SSH; throws unless it succeeds. */
  inside(script: string): Promise<string>;
  /** Commands that sshd has started so far: the only count of trips that counts. */
  sessions(): Promise<number>;
  stop(): Promise<void>;
}

const smallFarm = new URL("../../examples/small-farm/", import.meta.url);

export async function startHostRig(options: RigOptions): Promise<HostRig> {
  const yaml = options.yaml ?? (await readFile(new URL("fleet.yaml", smallFarm), "utf8"));
  const csv = options.csv ?? (await readFile(new URL("devices.csv", smallFarm), "utf8"));
  const key = FleetKey.generate();
  const guest = await bootGuest({
    release: options.release,
    ...(options.sshPort !== undefined && { sshPort: options.sshPort }),
    prepare: async (root) => {
      await writeFile(join(root, "etc/ssh/sshd_config.d/rig.conf"), "LogLevel VERBOSE\n");
      await options.prepare?.(root);
    },
  });
  try {
    const acme = await startAcme({
      bindAddress: guest.gateway,
      runFolder: guest.folder,
      ...(options.certificateDays !== undefined && { certificateDays: options.certificateDays }),
    });
    const fleet = parseFleet({ yaml, yamlFile: "fleet.yaml", csv, csvFile: "devices.csv" });
    await acme.setAddress(fleet.broker.domain, guest.address);
    return rigOf(guest, acme, key, await rehearsalSite(fleet, undefined, key, guest, acme), await sshTo(guest));
  } catch (error) {
    await guest.stop();
    throw error;
  }
}

function rigOf(guest: Guest, acme: Acme, key: FleetKey, firstSite: Site, ssh: SshTarget): HostRig {
  let site = firstSite;
  const dnsServers = [`${acme.dnsServer.address}:${acme.dnsServer.port}`];
  const options = (overrides: Partial<ConvergeOptions> = {}): ConvergeOptions => ({
    ...rollout(site, { ssh, dnsServers, dnsWaitMs: 0, onProgress: () => {}, signal: new AbortController().signal }),
    ...overrides,
  });
  const target = (): VerifyTarget =>
    targetOf({
      ...{ fleet: site.fleet, plan: planFleet(site.fleet), lock: site.lock },
      ...{ verifyKey: site.verifyKey, trust: site.trust, address: guest.address },
    });
  const inside = async (script: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await guest.exec(["sh", "-c", script]);
    if (exitCode !== 0) throw new Error(`inside the guest: exit code ${exitCode}\n${script}\n${stdout}${stderr}`);
    return stdout;
  };
  return {
    ...{ guest, acme, key, ssh, options, target, inside },
    site: () => site,
    async change(edit) {
      site = await rehearsalSite(edit(site.fleet), site.lock, key, guest, acme);
    },
    restore(kept) {
      site = kept;
    },
    async converge(overrides) {
      const said: string[] = [];
      const host = await connect(ssh);
      try {
        return { ...(await converge(host, options({ onProgress: (line) => said.push(line), ...overrides }))), said };
      } finally {
        await host.close();
      }
    },
    async preview() {
      const host = await connect(ssh);
      return preview(host, options()).finally(() => host.close());
    },
    verify: (...only) => verify(target(), only.length > 0 ? { only } : {}),
    async sessions() {
      // sshd hands its lines to the journal when it has time.
      await inside("journalctl --sync");
      return Number(await inside("journalctl -o cat | grep -c 'Starting session: command' || true"));
    },
    async stop() {
      await acme.stop();
      const left = await guest.stop();
      if (left.length > 0) throw new Error(`left behind: ${left.join("; ")}`);
    },
  };
}
