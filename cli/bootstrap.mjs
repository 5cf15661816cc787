// What `npm start` and `npm test` run before anything is installed: plain node, no package.
import { join } from "node:path";
import { bootstrapRoot as root, run } from "./bootstrap/child.mjs";
import { install } from "./bootstrap/install.mjs";

const [, , what, ...rest] = process.argv;
process.exitCode = (await install(what)) ?? (what === "test" ? await test(rest) : await start(rest));

function start(args) {
  const fleet = join(root, "examples/small-farm/fleet.yaml");
  return run(process.execPath, [join(root, "cli/bin.mjs"), "rehearse", "--fleet", fleet, ...args]);
}

async function test(args) {
  const { testEverything } = await import("./bootstrap/test.mjs");
  return testEverything(args);
}
