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

function lookFiles(names: readonly string[]): Script {
  return sh`for f in ${names}; do
    about "$f"
    sum_of "$f"
    case $about in '') state=absent ;; *file) state="$sum \${about% regular*}" ;; *) state='not a file' ;; esac
    printf 'file\t%s\t%s\n' "$f" "$state"
  done`;
}
