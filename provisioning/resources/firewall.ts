// Our nftables table, loaded from the text that is on disk. Loading is what can cut SSH, so it undoes itself.
import { createHash } from "node:crypto";
import { sh } from "../../remote/sh.ts";
import type { Resource } from "../step.ts";

/** The stamp in /run says which text was loaded; it goes with a reboot, as the table does. */
export const firewall: Resource = {
  kind: "firewall",
  look: (names) =>
    sh`for t in ${names}; do printf 'firewall\t%s\t%s\n' "$t" "$(nft list table inet "$t" >/dev/null 2>&1 && cat /run/bednet/firewall.loaded 2>/dev/null || echo absent)"; done`,
  wish(name, bundle) {
    const text = bundle.at("/etc/bednet/firewall.nft").content;
    const sha256 = createHash("sha256").update(text).digest("hex");
    return {
      says: "the firewall table is loaded",
      isMet: (state) => state === sha256,
      effect: () => "none",
      apply: () => sh`load_firewall ${name}`,
    };
  },
};
