// Lets a run's own interface through this machine's firewall: Docker, ufw and firewalld drop what they do not know.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./command.ts";
import type { Lease } from "./lease.ts";

interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string;
  readonly type?: string;
  readonly policy?: string;
}

interface Rule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
}

type Listed = { readonly chain?: Chain; readonly rule?: Rule };

/**
 * An accept ends one base chain only, so each one that may drop gets a rule of its own, marked with the run's name.
 * Teardown finds the rules by that mark. Rules of the legacy iptables are not reached by nft; they are left alone.
 */
export async function letThrough(
  { name, number, folder }: Pick<Lease, "name" | "number" | "folder">,
  signal?: AbortSignal,
) {
  const { nftables } = JSON.parse(await run(["nft", "-j", "list", "ruleset"], { signal })) as { nftables: Listed[] };
  const rules = nftables.flatMap(({ rule }) => rule ?? []);
  const inTheWay = nftables
    .flatMap(({ chain }) => chain ?? [])
    .filter(({ family, table, hook, type }) => {
      const ours = table.startsWith("bednet");
      return !ours && /^(ip|inet)$/.test(family) && type === "filter" && /^(input|forward)$/.test(hook ?? "");
    })
    .filter((chain) => chain.policy === "drop" || rules.some((rule) => isIn(rule, chain)));
  if (inTheWay.length === 0) return;
  const commands = inTheWay.flatMap(({ family, table, name: chain, hook }) => {
    const ways = hook === "forward" ? ["iifname", "oifname"] : ["iifname"];
    return ways.map(
      (way) => `insert rule ${family} ${table} ${chain} ${way} "bednet${number}" accept comment "${name}"\n`,
    );
  });
  await writeFile(join(folder, "firewall"), ""); // first, so that teardown looks even if we are killed in between
  await run(["nft", "-f", "-"], { stdin: commands.join(""), signal });
}

const isIn = (rule: Rule, chain: Chain): boolean =>
  rule.family === chain.family && rule.table === chain.table && rule.chain === chain.name;
