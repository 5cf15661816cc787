// The running broker has in force what is on disk, and proved it. Files alone say nothing about a process.
import { createHash } from "node:crypto";
import { sh } from "../../remote/sh.ts";
import type { Bundle, HostFile } from "../../templates/bundle.ts";
import type { Effect } from "../../templates/effect.ts";
import type { Resource } from "../step.ts";

/**
 * `DIGEST DIGEST`, stamped after the proof: of what takes a restart, and of what a reload takes. After it, where it is so:
 * `unproven` and the first digest of everything that was tried since (a run was killed), `foreign` (somebody's files
 * are read too).
 */
export const broker: Resource = {
  kind: "broker",
  look: (names) =>
    sh`for s in ${names}; do
      line 1 /var/lib/bednet/in-force
      in_force=\${line:-never}
      if [ -d /var/lib/bednet/pending ]; then in_force="$in_force unproven $(tr '\n' ' ' </var/lib/bednet/pending/tried)"; fi
      if [ -n "$foreign" ]; then in_force="$in_force foreign"; fi
      printf 'broker\t%s\t%s\n' "$s" "$in_force"
    done`,
  wish(_name, bundle) {
    const wanted = inForce(bundle);
    const [restart, reload] = wanted.split(" ");
    const paths = bundle.files.filter(({ effect }) => effect !== "none").map(({ path }) => path);
    return {
      says: "the broker runs with this configuration and proved it",
      isMet: (state) => state === wanted,
      effect: (state) => (mayRun(state).every((digest) => digest === restart) ? "reload" : "restart"),
      takesStaged: true,
      apply: (_part, { effect }) =>
        sh`put_in_force ${effect} ${restart!} ${reload!} ${bundle.certificate.domain} ${paths}`,
    };
  },
};

/** The restart digest of everything that the process may have been started with; no digest: who knows. */
function mayRun(state: string): string[] {
  const [stamped, , ...others] = state.split(" ");
  return [stamped!, ...others.filter((word) => word !== "" && word !== "unproven")];
}

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
