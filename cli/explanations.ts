// What `bednet explain` can tell: widely copied mistakes, the numbers of the plan, and every check.
import { readdirSync, readFileSync } from "node:fs";

export interface Explanation {
  readonly id: string;
  readonly group: (typeof groups)[number]["name"];
  readonly title: string;
  readonly text: string;
}

/** In the order of the list. The first two are folders of docs/explain. */
export const groups = [
  { name: "mistakes", title: "Mistakes that are often copied" },
  { name: "numbers", title: "Numbers of `bednet plan`" },
  { name: "checks", title: "Checks of `bednet verify`" },
] as const;

export async function readExplanations(): Promise<Explanation[]> {
  const { checklist } = await import("../checks/checklist.ts");
  const checks = checklist.map(
    ({ id, title, why, fix }): Explanation => ({ id, group: "checks", title, text: `${why}\n\nTo repair it: ${fix}` }),
  );
  return [...written("mistakes"), ...written("numbers"), ...checks];
}

/** `# title`, a blank line and the text, in `docs/explain/<group>/<id>.md`. */
function written(group: "mistakes" | "numbers"): Explanation[] {
  const folder = new URL(`../docs/explain/${group}/`, import.meta.url);
  const ids = readdirSync(folder).map((file) => file.replace(/\.md$/, ""));
  return ids.sort().map((id) => {
    const [title, ...rest] = readFileSync(new URL(`${id}.md`, folder), "utf8").split("\n");
    return { id, group, title: title!.replace(/^# /, ""), text: rest.join("\n").trim() };
  });
}

/** `max connections`, `maxConnections` and `MAX-CONNECTIONS` all mean `max-connections`. */
export function find(all: readonly Explanation[], asked: string): Explanation | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  return all.find(({ id }) => plain(id) === plain(asked));
}

/** Up to three that share a word with what was asked for. */
export function near(all: readonly Explanation[], asked: string): string[] {
  const words = asked.toLowerCase().split(/[^a-z0-9]+/);
  const stems = words.filter((word) => word.length > 2).map((word) => word.slice(0, 6));
  const hits = (text: string): number => stems.filter((stem) => text.toLowerCase().includes(stem)).length;
  const score = ({ id, title }: Explanation): number => hits(id) * 2 + hits(title);
  const best = all.filter((one) => score(one) > 0).sort((a, b) => score(b) - score(a));
  return best.slice(0, 3).map(({ id }) => id);
}
