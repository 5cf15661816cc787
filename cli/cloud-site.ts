// A fleet's folder as its owner would have it for DigitalOcean, pointed at a rehearsal's cloud. It is thrown away afterwards.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatLock, updateLock } from "../fleet/lock.ts";
import type { Fleet } from "../fleet/schema.ts";
import { run } from "../sandbox/command.ts";
import type { RehearsalCloud } from "../sandbox/digitalocean/rehearsal-cloud.ts";
import type { ToRehearse } from "./rehearsal-site.ts";

export interface CloudSite {
  readonly fleetFile: string;
  readonly folder: string;
  /** What its owner would have in the environment. The fleet's key is not written anywhere. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** The zone that the domain lies in: the fleet's, or else the domain's parent. */
export function zoneOf({ broker, dns }: Pick<Fleet, "broker" | "dns">): string {
  return dns === "manual" ? broker.domain.replace(/^[^.]+\./, "") : dns.zone;
}

export async function makeCloudSite(
  { fleet, key, lock }: ToRehearse,
  image: string,
  { api, acme }: RehearsalCloud,
): Promise<CloudSite> {
  const folder = await mkdtemp(join(tmpdir(), "bednet-cloud-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const put = (name: string, text: string) => writeFile(join(folder, name), text, { mode: 0o600 });
    const rehearsed = onCloud(fleet, image, acme.directoryUrl);
    const { devices, ...settings } = rehearsed;
    await put("fleet.yaml", JSON.stringify(settings, null, 2)); // every JSON is YAML
    await put("devices.csv", ["id,class", ...devices.map((one) => `${one.id},${one.class}`), ""].join("\n"));
    await put("fleet.lock", formatLock(updateLock(rehearsed, lock, key).lock));
    await put("acme.pem", acme.serverCaPem);
    await put("trust.pem", await acme.trustPem());
    const identity = join(folder, "deploy");
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "rehearsal", "-f", identity]);
    return {
      fleetFile: join(folder, "fleet.yaml"),
      folder,
      env: {
        DIGITALOCEAN_TOKEN: api.token,
        DIGITALOCEAN_API_URL: api.url,
        BEDNET_DNS_SERVERS: `${acme.dnsServer.address}:${acme.dnsServer.port}`,
        BEDNET_IDENTITY: identity,
        BEDNET_VERIFY_KEY: key.verifyKey.text().reveal(),
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function onCloud(fleet: Fleet, image: string, directoryUrl: string): Fleet {
  const { host, broker } = fleet;
  const own = host.provider === "digitalocean" ? host : { region: "fra1", size: "auto", backups: false, ipv6: false };
  return {
    ...fleet,
    broker: {
      ...broker,
      tls: {
        ...{ issuer: "acme", server: directoryUrl, serverCaFile: "acme.pem", trustFile: "trust.pem" },
        keyType: broker.tls.keyType,
      },
    },
    host: {
      ...{ ...own, provider: "digitalocean", image, sshKeys: ["deploy.pub"] },
      adminCidrs: ["198.18.0.0/15"],
    },
    dns: { zone: zoneOf(fleet) },
    state: { backend: "local" },
  };
}
