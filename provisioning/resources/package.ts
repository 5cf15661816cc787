// A Debian package that is installed, in whatever version the distribution has.
import { sh } from "../../remote/sh.ts";
import type { Resource, Wish } from "../step.ts";

export const packageInstalled: Resource = {
  kind: "package",
  isSlow: true,
  // `apt list` takes 149 ms, dpkg-query 10 (docs/measurements.md#ssh): a no-op must stay cheap.
  look: (names) =>
    sh`{ dpkg-query -W -f '\${db:Status-Status} \${Package} \${Version}\n' ${names} 2>/dev/null || true; printf 'N %s\n' ${names}; } | awk '
    $1=="installed" { version[$2]=$3 }
    $1=="N" { print "package\t"$2"\t"(($2 in version) ? version[$2] : "absent") }'`,
  wish: (name) => packageWish(name),
};

/** The one wish that needs no bundle: a bundle depends on which version apt brings. */
export const packageWish = (name: string): Wish => ({
  says: `package ${name} is installed`,
  isMet: (state) => state !== "absent",
  effect: () => "none",
  apply: () => sh`want_package ${name}`,
});
