// `npm ci`, unless what is installed is what the lock file says.
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { interruptedCode, bootstrapRoot as root, run, say, signal } from "./child.mjs";

/** Resolves with an exit code when it cannot go on. */
export async function install(what) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 9)) {
    say(`bednet needs node 20.9 or later; this is ${process.versions.node}.`);
    return 1;
  }
  const wanted = readFileSync(join(root, "package-lock.json"), "utf8");
  const folder = join(root, "node_modules");
  const stamp = join(folder, ".bednet-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return undefined;
  say("Installing the packages that bednet is made of (npm ci)");
  rmSync(stamp, { force: true }); // from here on it is not whole, however we end
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const code = await run("npm", ["ci", ...quiet], {
    cwd: root,
    env: withoutKeys(),
    signal,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (signal.aborted) {
    say(`Stopped while packages were being installed; npm ${what} begins with them anew.`);
    return interruptedCode;
  }
  if (code !== 0) {
    say("npm ci failed; the message above says why. Run the command again when that is mended.");
    return 1;
  }
  await giveToOwner(folder);
  writeFileSync(stamp, wanted);
  return undefined;
}

/** Packages may run scripts, and a fleet's key is none of their business. */
function withoutKeys() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BEDNET_")));
}

/** After `sudo npm start` in somebody's clone, that somebody must still be able to install the next version. */
async function giveToOwner(folder) {
  const { uid, gid } = statSync(root);
  if (process.getuid?.() === 0 && uid !== 0) await run("chown", ["-R", `${uid}:${gid}`, folder]);
}
