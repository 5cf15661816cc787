// Limits per source address, and on an existing host SSH for the admins' networks alone.
import { createHash } from "node:crypto";
import type { Wanted } from "./bundle.ts";
import { type HostFile, printFile, rootFile } from "./host-file.ts";
import { nftNetwork } from "./quote.ts";

export function firewallFiles({ fleet, plan, facts }: Wanted): HostFile[] {
  const guardsSsh = facts.firewall === "guard-ssh";
  const view = {
    connections: plan.perSourceConnections.value,
    rate: plan.perSourceNewPerSecond.value,
    burst: plan.perSourceBurst.value,
    tlsPort: facts.ports.tls,
    guardedSsh: guardsSsh ? [{ port: facts.sshPort }] : [],
    admins: guardsSsh ? fleet.host.adminCidrs.map((network) => ({ ...nftNetwork(network) })) : [],
  };
  const withoutDigest = printFile("firewall.nft.hbs", { ...view, digest: "" });
  const digest = createHash("sha256").update(withoutDigest).digest("hex").slice(0, 32);
  const table = printFile("firewall.nft.hbs", { ...view, digest });
  return [
    rootFile({ path: "/etc/bednet/firewall.nft", content: table }),
    rootFile({
      path: "/etc/systemd/system/bednet-firewall.service",
      content: printFile("bednet-firewall.service.hbs", {}),
    }),
  ];
}
