// A table of our own: per-source limits on 8883, and SSH from the admins' networks.
import { file } from "../resources/file.ts";
import { firewall } from "../resources/firewall.ts";
import { unit } from "../resources/unit.ts";
import { entry, type Step } from "../step.ts";

export default {
  id: "firewall",
  title: "The firewall limits each source and guards SSH",
  entries: [
    ...entry(file, "/etc/systemd/system/bednet-firewall.service"),
    ...entry(firewall, "/etc/bednet/firewall.nft"),
    ...entry(unit, "bednet-firewall.service"),
  ],
} satisfies Step;
