// The running broker has in force what is on disk, and proved it. Files alone say nothing about a process.
import { createHash } from "node:crypto";
import { sh } from "../../remote/sh.ts";
import type { Bundle, HostFile } from "../../templates/bundle.ts";
import type { Effect } from "../../templates/effect.ts";
import type { Resource } from "../step.ts";

/** The stamp is written after the proof: a run killed between rename and reload leaves the old one, and the next run finishes. */
export const broker: Resource = {
  kind: "broker",
  look: (names) =>
    sh`for s in ${names}; do printf 'broker\t%s\t%s\n' "$s" "$(cat /var/lib/bednet/in-force 2>/dev/null || echo never)"; done`,
  wish(_name, bundle) {
    const wanted = inForce(bundle);
    const effect = (state: string): Effect => (state.split(" ")[0] === wanted.split(" ")[0] ? "reload" : "restart");
    return {
      says: "the broker runs with this configuration and proved it",
      isMet: (state) => state === wanted,
      effect,
      apply: (_part, state) => sh`put_in_force ${effect(state)} ${wanted.split(" ")} ${bundle.certificate.domain}`,
    };
  },
};

/** Two digests: of what takes a restart, and of what a reload takes. */
export function inForce(bundle: Bundle): string {
  return `${digest(bundle, "restart")} ${digest(bundle, "reload")}`;
}

function digest(bundle: Bundle, effect: Effect): string {
  const hash = createHash("sha256");
  for (const file of bundle.files.filter((candidate: HostFile) => candidate.effect === effect)) {
    hash.update(`${file.path}\0${file.content.length}\0${file.content}`);
  }
  return hash.digest("hex").slice(0, 32);
}
