// A systemd unit that starts at boot and runs now.
import { sh } from "../../remote/sh.ts";
import type { Resource } from "../step.ts";

const WANTED = "enabled active";

export const unit: Resource = {
  kind: "unit",
  isSlow: true,
  look: (names) =>
    // `systemctl show` takes twice as long as this.
    sh`{ systemctl is-active ${names} 2>/dev/null || true; } | for u in ${names}; do
      read -r active || active=unknown
      file=disabled
      for w in /etc/systemd/system/*.wants/"$u"; do [ ! -L "$w" ] || file=enabled; done
      if [ /etc/systemd/system/"$u" -ef /dev/null ]; then file=masked; fi
      printf 'unit\t%s\t%s %s\n' "$u" "$file" "$active"
    done`,
  wish: (name) => ({
    says: `${name} is enabled and running`,
    isMet: (state) => state === WANTED,
    effect: () => "none",
    apply: () => sh`systemctl enable --now ${name} 2>&1`,
  }),
};
