// A file with exactly this content, owner and mode, written beside its place and renamed into it; or no file there.
import { createHash } from "node:crypto";
import { type Script, sh } from "../../remote/sh.ts";
import type { Resource } from "../step.ts";

const ABSENT = "absent";

/** Files that the broker reads go to a stage first: only the step `broker` may put them in force. */
export const file: Resource = {
  kind: "file",
  look: (names) => lookFiles(names),
  wish(path, bundle) {
    const wanted = bundle.files.find((candidate) => candidate.path === path);
    if (!wanted) {
      return {
        says: `${path} is not there`,
        isMet: (state) => state === ABSENT,
        effect: () => "none",
        apply: () => sh`rm -f ${path}`,
      };
    }
    const { owner, group, mode, content, effect } = wanted;
    return {
      says: `${path} is up to date`,
      isMet: (state) => state === stateOf(wanted),
      effect: () => effect,
      content,
      ...(effect === "none"
        ? { apply: (part) => sh`${part} | put ${path} ${owner} ${group} ${mode}` }
        : { apply: (part) => sh`${part} | stage ${path} ${owner} ${group} ${mode}`, isStaged: true }),
    };
  },
};

export function stateOf(wanted: { content: string; owner: string; group: string; mode: string }): string {
  const sha256 = createHash("sha256").update(wanted.content).digest("hex");
  return `${sha256} ${wanted.owner}:${wanted.group} ${wanted.mode.replace(/^0/, "")}`;
}

/** One process for all owners and one for all contents; awk joins their answers. */
function lookFiles(names: readonly string[]): Script {
  return sh`{ stat -c 'S %U:%G %a %n' ${names} 2>/dev/null || true; sha256sum ${names} 2>/dev/null || true; printf 'N %s\n' ${names}; } | awk '
    $1=="S" { state[$4]=$2" "$3 }
    NF==2 && length($1)==64 { hash[$2]=$1 }
    $1=="N" { print "file\t"$2"\t"(($2 in hash) ? hash[$2]" "state[$2] : (($2 in state) ? "not a file" : "absent")) }'`;
}
