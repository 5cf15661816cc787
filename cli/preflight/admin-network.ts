// Whether SSH would be open to whoever deploys: the stages come by SSH, from this machine.
import { holds } from "../../provisioning/networks.ts";
import type { CloudFirewall } from "../../remote/digitalocean/catalog.ts";
import type { Trouble } from "./trouble.ts";

/** `address`: ours, as the world sees it; undefined: nobody told. */
export function networkTroubles(
  address: string | undefined,
  adminCidrs: readonly string[],
  firewalls: readonly CloudFirewall[],
  ours: string,
): Trouble[] {
  // A pipeline opens SSH to its runner by another firewall of the same tag, for as long as it runs.
  const others = firewalls.filter(({ name, tags }) => name !== ours && tags?.includes(ours));
  const open = [...adminCidrs, ...others.flatMap(sshSources)];
  if (address === undefined || holds(open, address)) return [];
  return [
    {
      what: `host.adminCidrs: you come from ${address}, which ${adminCidrs.join(", ")} does not hold, so SSH to the droplet would be shut to you`,
      wayOut: `add ${address}/32 or your network to host.adminCidrs`,
    },
  ];
}

function sshSources({ inbound_rules: rules }: CloudFirewall): string[] {
  return rules.flatMap(({ protocol, ports, sources }) => {
    const [first = 0, last = first] = ports === "all" || ports === "0" ? [1, 65_535] : ports.split("-").map(Number);
    const addresses = (sources.addresses ?? []).map((one) =>
      one.includes("/") ? one : `${one}/${one.includes(":") ? 128 : 32}`,
    );
    return protocol === "tcp" && first <= 22 && 22 <= last ? addresses : [];
  });
}
