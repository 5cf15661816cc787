// A systemd unit that starts at boot and runs now.
import { sh } from "../../remote/sh.ts";
import type { Resource } from "../step.ts";

const WANTED = "enabled active";

export const unit: Resource = {
  kind: "unit",
  look: (names) =>
    sh`systemctl show -p Id -p UnitFileState -p ActiveState ${names} 2>/dev/null | awk -F= '
    function flush() { if (id != "") print "unit\t"id"\t"file" "active; id="" }
    $1=="Id" { id=$2 } $1=="UnitFileState" { file=$2 } $1=="ActiveState" { active=$2 } /^$/ { flush() } END { flush() }'`,
  wish: (name) => ({
    says: `${name} is enabled and running`,
    isMet: (state) => state === WANTED,
    effect: () => "none",
    apply: () => sh`systemctl enable --now ${name} 2>&1`,
  }),
};
