// Our client, on a stand-in whose hosts are instant.
import { afterEach } from "vitest";
import { type DigitalOceanApi, openApi } from "../../../../remote/digitalocean/api.ts";
import type { Droplet } from "../../../../remote/digitalocean/droplets.ts";
import { instantHosts } from "../../../../sandbox/digitalocean/hosts.ts";
import {
  type DigitalOcean,
  type DigitalOceanOptions,
  startDigitalOcean,
} from "../../../../sandbox/digitalocean/server.ts";

export interface ApiRig {
  readonly api: DigitalOceanApi;
  readonly standIn: DigitalOcean;
  /** Calls that arrived, refused ones too: `GET /v2/account 200`. */
  readonly calls: string[];
  /** An active one. */
  droplet(wishes?: object): Promise<Droplet>;
}

const open: DigitalOcean[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

export async function startApiRig(options: Partial<DigitalOceanOptions> = {}, deadlineMs = 10_000): Promise<ApiRig> {
  const calls: string[] = [];
  const standIn = await startDigitalOcean({
    ...{ hosts: instantHosts(), settleMs: 0, log: (line: string) => calls.push(line) },
    ...options,
  });
  open.push(standIn);
  const env = { DIGITALOCEAN_TOKEN: standIn.token, DIGITALOCEAN_API_URL: standIn.url };
  const api = openApi({ env, deadlineMs, pauseMs: 5 });
  return {
    ...{ api, standIn, calls },
    async droplet(wishes = {}) {
      const wanted = { name: "bednet-farm", size: "s-1vcpu-1gb", region: "fra1", image: "debian-13-x64" };
      const { droplet } = await api.post<{ droplet: Droplet }>("/v2/droplets", {
        ...wanted,
        tags: ["bednet-farm"],
        ...wishes,
      });
      await standIn.cloud.quiet();
      return (await api.get<{ droplet: Droplet }>(`/v2/droplets/${droplet.id}`)).droplet;
    },
  };
}
