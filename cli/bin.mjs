#!/usr/bin/env node
// Starts bednet: from its sources in a clone, compiled in the published package.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadCompiled } from "./compiled.mjs";

const argv = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
let unwritten;
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    // A reader that leaves early (`bednet plan | head`) neither stops the work half-way nor changes the verdict.
    if (error.code === "EPIPE" || unwritten) return;
    unwritten = error;
    process.exitCode ||= 1;
    process.stderr.write(`The output could not be written: ${error.message}\n`);
  });
}

const { main, keep } = await load();
const exitCode = await main(argv, version);
process.exitCode = exitCode || (unwritten ? 1 : 0);
if (process.exitCode === 0) keep?.();

async function load() {
  if (!existsSync(new URL("./main.ts", import.meta.url))) {
    return loadCompiled(fileURLToPath(new URL("../dist/main.cjs", import.meta.url)), argv);
  }
  const tsx = await import("tsx/esm/api").catch(() => {
    process.stderr.write(
      "The packages that bednet is made of are not installed.\nRun `npm ci` in its folder, then the command again.\n",
    );
    process.exit(1);
  });
  tsx.register();
  return import("./main.ts");
}
