// A folder whose owner and mode keep secrets in: the broker reads there and cannot write.
import { sh } from "../../remote/sh.ts";
import type { Resource } from "../step.ts";

export const folder: Resource = {
  kind: "folder",
  look: (names) =>
    sh`{ stat -c '%n %U:%G %a %F' ${names} 2>/dev/null || true; printf 'N %s\n' ${names}; } | awk '
    $4=="directory" { state[$1]=$2" "$3 }
    $1=="N" { print "folder\t"$2"\t"(($2 in state) ? state[$2] : "absent") }'`,
  wish(path, bundle) {
    const { owner, group, mode } = bundle.folders.find((candidate) => candidate.path === path)!;
    return {
      says: `the folder ${path} belongs to ${owner}:${group}`,
      isMet: (state) => state === `${owner}:${group} ${mode.slice(1)}`,
      effect: () => "none",
      apply: () => sh`install -d -o ${owner} -g ${group} -m ${mode} ${path}`,
    };
  },
};
