// A throw-away host with its certificate authority, and the folder of a site that is rolled out to it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sshTo } from "../cli/rehearsal.ts";
import { rollout } from "../cli/rollout.ts";
import { readSite, type Site } from "../cli/site.ts";
import { FleetKey } from "../fleet/credentials.ts";
import { readFleet } from "../fleet/load.ts";
import { formatLock, updateLock } from "../fleet/lock.ts";
import { converge } from "../provisioning/converge.ts";
import { connect } from "../remote/ssh.ts";
import { startAcme } from "../sandbox/acme.ts";
import type { Release } from "../sandbox/debian.ts";
import { bootGuest, type Guest } from "../sandbox/guest.ts";

export interface Place {
  readonly guest: Guest;
  /** fleet.yaml with all that lies beside it, as on an operator's machine. */
  readonly fleetFile: string;
  readonly site: Site;
  readonly acme: { readonly directoryUrl: string; readonly serverCaPem: string };
  /** OpenSSH's client with nobody's settings, the host's key pinned. */
  readonly ssh: readonly [string, ...string[]];
  readonly knownHosts: string;
  converge(): Promise<void>;
  stop(): Promise<void>;
}

const example = new URL("../examples/small-farm/", import.meta.url);

export async function makePlace(release: Release, signal: AbortSignal): Promise<Place> {
  const guest = await bootGuest({ release, signal });
  const acme = await startAcme({ bindAddress: guest.gateway, runFolder: guest.folder, signal }).catch(async (error) => {
    await guest.stop();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await acme.stop();
    const left = await guest.stop();
    if (left.length > 0) throw new Error(`left behind: ${left.join("; ")}`);
  };
  try {
    const folder = join(guest.folder, "site");
    await mkdir(join(folder, ".bednet"), { recursive: true, mode: 0o700 });
    const put = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 });
    const yaml = await readFile(new URL("fleet.yaml", example), "utf8");
    const tls = `{ issuer: acme, server: "${acme.directoryUrl}", serverCaFile: acme.pem, trustFile: trust.pem }`;
    await put(
      "fleet.yaml",
      yaml
        .replace(/tls: \{.*\}/, `tls: ${tls}`)
        .replace(/address: .*/, `address: ${guest.address}`)
        .replace(/adminCidrs: .*/, `adminCidrs: [${guest.gateway}/32]`),
    );
    await put("devices.csv", await readFile(new URL("devices.csv", example), "utf8"));
    await put("acme.pem", acme.serverCaPem);
    await put("trust.pem", await acme.trustPem());
    await put("fleet.hosts", `${guest.address}:${guest.sshPort} ${guest.hostKey.fingerprint}\n`);
    await put("known_hosts", `${guest.address} ${guest.hostKey.line}\n`);
    const key = FleetKey.generate();
    await put(".bednet/key", `${key.text().reveal()}\n`);
    const fleetFile = join(folder, "fleet.yaml");
    const { fleet } = await readFleet(fleetFile);
    await acme.setAddress(fleet.broker.domain, guest.address);
    await put("fleet.lock", formatLock(updateLock(fleet, undefined, key).lock));
    const site = await readSite(fleetFile, {});
    const knownHosts = join(folder, "known_hosts");
    const options = [`UserKnownHostsFile=${knownHosts}`, "StrictHostKeyChecking=yes", "BatchMode=yes"];
    const target = await sshTo(guest);
    return {
      ...{ guest, fleetFile, site, acme, knownHosts, stop },
      ssh: ["ssh", "-F", "none", "-i", guest.privateKeyFile, ...options.flatMap((one) => ["-o", one])],
      async converge() {
        const dnsServers = [`${acme.dnsServer.address}:${acme.dnsServer.port}`];
        const host = await connect(target, signal);
        const given = { ssh: target, dnsServers, dnsWaitMs: 0, onProgress: () => {}, signal };
        await converge(host, rollout(site, given)).finally(() => host.close());
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
