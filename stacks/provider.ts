// DigitalOcean's provider. It reads its token from DIGITALOCEAN_TOKEN by itself, so none is written down here.
import { DigitaloceanProvider } from "@cdktf/provider-digitalocean/lib/provider/index.js";
import type { TerraformStack } from "cdktf";

/** The typings ask for 2.71.0, where an address cannot be assigned to a droplet that was just made; 2.95 can (docs/measurements.md#terraform). */
export const providerVersion = ">= 2.95.0, < 3.0.0";

export function useProvider(stack: TerraformStack): void {
  new DigitaloceanProvider(stack, "digitalocean");
  stack.addOverride("terraform.required_providers.digitalocean.version", providerVersion);
}
