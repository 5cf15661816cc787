// An explanation, and the list of them, as text on a terminal.
import { hang, widest, wrap } from "./columns.ts";
import { type Explanation, groups } from "./explanations.ts";
import type { Output } from "./output.ts";

type Page = Pick<Output, "paint" | "width">;

export function listText(all: readonly Explanation[], { paint, width }: Page): string {
  const idWidth = widest(all.map(({ id }) => id));
  const blocks = groups.map(({ name, title }) => {
    const rows = all
      .filter(({ group }) => group === name)
      .map((one) => hang(`  ${one.id.padEnd(idWidth)}  `, idWidth + 4, one.title, width));
    return [paint.bold(title), ...rows].join("\n");
  });
  return [...blocks, paint.dim(wrap("`bednet explain <one of these>` tells more.", width).join("\n"))].join("\n\n");
}

/** Paragraphs are wrapped; indented lines are code, and stay as they are. */
export function explanationText({ id, title, text }: Explanation, { paint, width }: Page): string {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => {
    if (paragraph.startsWith("    ")) return paragraph;
    if (paragraph.startsWith("- ")) {
      return paragraph
        .split(/\n(?=- )/)
        .map((item) => hang("- ", 2, item.slice(2).replaceAll("\n", " "), width))
        .join("\n");
    }
    return wrap(paragraph.replaceAll("\n", " "), width).join("\n");
  });
  const gap = title.length + id.length + "  ()".length <= width ? "  " : "\n";
  return [`${paint.bold(wrap(title, width).join("\n"))}${gap}${paint.dim(`(${id})`)}`, ...paragraphs].join("\n\n");
}
