// A folder that only the broker's user may enter: keys, password hashes and grants live there.
import { sh } from "../../remote/sh.ts";
import type { Resource } from "../step.ts";

const WANTED = "mosquitto:mosquitto 700";

export const brokerFolder: Resource = {
  kind: "folder",
  look: (names) =>
    sh`for d in ${names}; do printf 'folder\t%s\t%s\n' "$d" "$( [ -d "$d" ] && stat -c '%U:%G %a' "$d" || echo absent)"; done`,
  wish: (path) => ({
    says: `${path} belongs to the broker alone`,
    isMet: (state) => state === WANTED,
    effect: () => "none",
    apply: () => sh`install -d -o mosquitto -g mosquitto -m 0700 ${path}`,
  }),
};
