// A folder whose owner and mode keep secrets in: the broker reads there and cannot write.
import { sh } from "../../remote/sh.ts";
import type { Resource } from "../step.ts";

export const folder: Resource = {
  kind: "folder",
  look: (names) =>
    sh`for d in ${names}; do
      about "$d"
      case $about in *' directory') state=\${about% directory} ;; *) state=absent ;; esac
      printf 'folder\t%s\t%s\n' "$d" "$state"
    done`,
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
