// What a plan can see before anything exists: asked with data sources, refused with the fix. The rest is the stage preflight's.
import { DataDigitaloceanAccount } from "@cdktf/provider-digitalocean/lib/data-digitalocean-account/index.js";
import { DataDigitaloceanDomains } from "@cdktf/provider-digitalocean/lib/data-digitalocean-domains/index.js";
import { DataDigitaloceanRegions } from "@cdktf/provider-digitalocean/lib/data-digitalocean-regions/index.js";
import { DataDigitaloceanSizes } from "@cdktf/provider-digitalocean/lib/data-digitalocean-sizes/index.js";
import { DataDigitaloceanSshKeys } from "@cdktf/provider-digitalocean/lib/data-digitalocean-ssh-keys/index.js";
import type { TerraformStack } from "cdktf";
import type { DropletWish } from "./droplet-stack.ts";

/** Nothing may depend on them: then a plan reads them at once. A sold-out size is no reason to refuse a droplet that is there. */
export function lookBeforePlanning(
  stack: TerraformStack,
  { region, size, zone, sshKeys }: DropletWish,
): { readonly size: DataDigitaloceanSizes } {
  const only = (key: string, value: string) => [{ key, values: [value] }];
  const demand = (condition: string, errorMessage: string) => ({
    lifecycle: { postcondition: [{ condition: `\${${condition}}`, errorMessage }] },
  });
  new DataDigitaloceanAccount(
    stack,
    "account",
    demand(
      `self.status != "locked"`,
      `DigitalOcean has locked the account: \${self.status_message} Settle that with DigitalOcean; nothing was changed.`,
    ),
  );
  new DataDigitaloceanRegions(stack, "region", {
    filter: only("slug", region),
    ...demand(
      "length(self.regions) == 1",
      `host.region: DigitalOcean has no region ${region}. Correct it in fleet.yaml; nothing was changed.`,
    ),
  });
  const sizes = new DataDigitaloceanSizes(stack, "offered", {
    filter: only("slug", size),
    ...demand(
      "length(self.sizes) == 1",
      `host.size: DigitalOcean has no size ${size}. Use auto, or correct it in fleet.yaml; nothing was changed.`,
    ),
  });
  if (zone !== undefined) {
    new DataDigitaloceanDomains(stack, "zone", {
      filter: only("name", zone),
      ...demand(
        "length(self.domains) == 1",
        `dns.zone: the account has no domain ${zone}. Add it at DigitalOcean (Networking, Domains) and let its registrar point to ns1.digitalocean.com, or write dns: manual; nothing was changed.`,
      ),
    });
  }
  for (const [index, key] of sshKeys.entries()) {
    if (!("fingerprint" in key)) continue;
    new DataDigitaloceanSshKeys(stack, `key-${index + 1}`, {
      filter: only("fingerprint", key.fingerprint),
      ...demand(
        "length(self.ssh_keys) == 1",
        `host.sshKeys: the account has no key ${key.fingerprint}. Add it at DigitalOcean (Settings, Security), or name its public key file; nothing was changed.`,
      ),
    });
  }
  return { size: sizes };
}
