// Our nftables table: its text on disk, and the same text loaded. Loading is what can cut SSH, so it undoes itself.
import { Script, sh } from "../../remote/sh.ts";
import type { Resource } from "../step.ts";
import { stateOf } from "./file.ts";

/** The table says itself which text it was loaded from: a reboot, a flush or an undo needs no book-keeping. */
export const firewall: Resource = {
  kind: "firewall",
  look: (paths) => new Script(paths.map((path) => lookOne(path).text).join("\n")),
  wish(path, bundle) {
    const wanted = bundle.at(path);
    const { content, owner, group, mode } = wanted;
    const [, digest = "no digest"] = /comment "text ([0-9a-f]+)"/.exec(content) ?? [];
    return {
      says: "the firewall table is loaded",
      isMet: (state) => state === `${stateOf(wanted)} loaded ${digest}`,
      effect: () => "none",
      content,
      apply: (part) => sh`${part} | load_firewall bednet ${path} ${owner} ${group} ${mode}`,
    };
  },
};

function lookOne(path: string): Script {
  return sh`about ${path}
    sum_of ${path}
    disk=absent
    if [ -n "$sum" ]; then disk="$sum \${about% regular*}"; fi
    loaded=$(nft list chain inet bednet in 2>/dev/null || true)
    case $loaded in *'comment "text '*) loaded=\${loaded#*'comment "text '} loaded=\${loaded%%'"'*} ;; *) loaded=nothing ;; esac
    printf 'firewall\t%s\t%s loaded %s\n' ${path} "$disk" "$loaded"`;
}
