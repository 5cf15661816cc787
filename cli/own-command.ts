// How this very bednet is called again, in lines meant to be pasted elsewhere: there `npx bednet` would ask the registry.
import { shellWord } from "../fleet/shell-word.ts";

export function ownCommand(started = process.argv[1] ?? ""): string {
  if (!started.endsWith("/cli/bin.mjs")) return "npx bednet";
  return `node ${/^[\w./-]+$/.test(started) ? started : shellWord(started)}`;
}
