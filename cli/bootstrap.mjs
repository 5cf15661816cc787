// What `npm start` and `npm test` run before anything is installed: plain node, no package.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name) => join(root, "node_modules", ".bin", name);
const say = (text) => process.stderr.write(`${text}\n`);

/** Debian packages that the tests need beyond what a rehearsal installs by itself. */
const testPackages = {
  mosquitto: "mosquitto",
  mosquitto_pub: "mosquitto-clients",
  gcc: "gcc",
  shellcheck: "shellcheck",
  "/usr/include/mosquitto_plugin.h": "mosquitto-dev",
  "/usr/include/x86_64-linux-gnu/bits/types.h": "libc6-dev",
};

const [, , what, ...rest] = process.argv;
process.exitCode = what === "test" ? await test(rest) : await start(rest);

async function start(args) {
  await install();
  return run(process.execPath, [
    join(root, "cli/bin.mjs"),
    "rehearse",
    "--fleet",
    join(root, "examples/small-farm/fleet.yaml"),
    ...args,
  ]);
}

async function test(args) {
  await install();
  const isRoot = process.getuid?.() === 0;
  const whole = isRoot && process.platform === "linux";
  const mustRunAll = process.env.BEDNET_MUST_RUN === "all";
  if (whole) await installTestPackages();
  const failedFirst = [];
  for (const [name, command, ...words] of [
    ["lint", bin("biome"), "check", "--error-on-warnings"],
    ["types", bin("tsc"), "-p", "."],
  ]) {
    if ((await run(command, words, { cwd: root })) !== 0) failedFirst.push(name);
  }
  const report = join(root, "node_modules", ".vitest-report.json");
  rmSync(report, { force: true });
  const projects = whole ? ["unit", "system"] : ["unit"];
  const vitest = [
    "run",
    "--root",
    root,
    ...projects.flatMap((name) => ["--project", name]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const code = await run(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), ...vitest, ...args], {
    cwd: root,
  });
  return closing(report, code, failedFirst, whole, mustRunAll);
}

/** The last line has the true counts. What was skipped is never among the passed. */
function closing(report, code, failedFirst, whole, mustRunAll) {
  const counts = existsSync(report)
    ? JSON.parse(readFileSync(report, "utf8"))
    : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };
  const skipped = counts.numPendingTests + counts.numTodoTests;
  const suites =
    counts.testResults?.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0)
      .length ?? 0;
  let failed = counts.numFailedTests + suites + failedFirst.length;
  if (failedFirst.length > 0) say(`FAILED: ${failedFirst.join(", ")}`);
  if (!whole)
    say("NOT RUN: the tier `system` (real hosts, real brokers at their limits) needs root on Linux: sudo npm test");
  if (skipped > 0) say(`SKIPPED: ${skipped} tests; look for ↓ above`);
  if (mustRunAll && (!whole || skipped > 0)) {
    say("FAILED: here every tier must run");
    failed += 1;
  }
  if (code !== 0 && failed === 0) failed = 1;
  process.stdout.write(
    `${counts.numPassedTests + 2 - failedFirst.length} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`,
  );
  return failed === 0 ? 0 : 1;
}

/** `npm ci`, unless what is installed is what the lock file says. */
async function install() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 9)) {
    say(`bednet needs node 20.9 or later; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const wanted = readFileSync(join(root, "package-lock.json"), "utf8");
  const stamp = join(root, "node_modules", ".bednet-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("Installing the packages that bednet is made of (npm ci)");
  const code = await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (code !== 0) {
    say("npm ci failed; the message above says why. Run the command again when the registry can be reached.");
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

async function installTestPackages() {
  const folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  const isThere = (name) =>
    name.startsWith("/") ? existsSync(name) : folders.some((folder) => existsSync(join(folder, name)));
  const missing = Object.entries(testPackages)
    .filter(([name]) => !isThere(name))
    .map(([, debianPackage]) => debianPackage);
  if (missing.length === 0) return;
  if (!existsSync("/usr/bin/apt-get")) {
    say(`The tests need ${missing.join(", ")}: install them with your package manager.`);
    process.exit(1);
  }
  say(`Installing ${missing.join(", ")}`);
  // A broker that apt starts on a developer's machine would be in the way: packages may not start services meanwhile.
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const quiet = { env, stdio: ["ignore", "ignore", "inherit"] };
    await run("apt-get", ["-qq", "update"], quiet);
    const code = await run(
      "apt-get",
      ["-qq", "-y", "-o", "DPkg::Lock::Timeout=300", "install", "--no-install-recommends", ...missing],
      quiet,
    );
    if (code !== 0) throw new Error(`apt-get could not install ${missing.join(", ")}; its message is above`);
    if (missing.includes("mosquitto") && existsSync("/run/systemd/system"))
      await run("systemctl", ["disable", "mosquitto.service"], quiet);
  } finally {
    if (ours) rmSync(policy);
  }
}

/** Resolves with the exit code. Ctrl-C reaches the child by itself; we only wait for it to put things back. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: process.env.INIT_CWD ?? process.cwd(), stdio: "inherit", ...options });
    const forward = (signal) => child.kill(signal);
    const ignore = () => {};
    process.on("SIGINT", ignore);
    process.on("SIGTERM", forward);
    process.on("SIGHUP", forward);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.off("SIGINT", ignore);
      process.off("SIGTERM", forward);
      process.off("SIGHUP", forward);
      resolve(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}
