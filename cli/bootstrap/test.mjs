// Everything that is tested, in order, and a last line with the true counts.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { register } from "tsx/esm/api";
import { interruptedCode, bootstrapRoot as root, run, say, signal } from "./child.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);

export async function testEverything(args) {
  const whole = process.getuid?.() === 0 && process.platform === "linux";
  try {
    if (whole) await installTestPackages();
  } catch (error) {
    if (signal.aborted) return stopped();
    if (error.name !== "Problem") throw error;
    say(`${error.message}\n${error.fix}`);
    return 1;
  }
  const failedFirst = [];
  for (const [name, command, ...words] of [
    ["lint", bin("biome"), "check", "--error-on-warnings"],
    ["types", bin("tsc"), "-p", "."],
  ]) {
    if ((await run(command, words, { cwd: root })) !== 0) failedFirst.push(name);
    if (signal.aborted) return stopped();
  }
  const report = join(root, "node_modules", ".vitest-report.json");
  rmSync(report, { force: true });
  const projects = (whole ? ["unit", "system"] : ["unit"]).flatMap((name) => ["--project", name]);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", root, ...projects, ...reporters];
  const code = await run(process.execPath, [...vitest, ...args], { cwd: root });
  return signal.aborted ? stopped() : closing(report, code, failedFirst, whole);
}

function stopped() {
  say("Stopped before the end; nothing is proven.");
  return interruptedCode;
}

/** What was skipped is never among the passed. */
function closing(report, code, failedFirst, whole) {
  const mustRunAll = process.env.BEDNET_MUST_RUN === "all";
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
  const forgiven = withoutProvider(counts);
  if (forgiven > 0) say(`NOT RUN: ${forgiven} of them, with DigitalOcean's real Terraform provider, which is not here`);
  if (mustRunAll && (!whole || skipped > forgiven)) {
    say("FAILED: here every tier must run");
    failed += 1;
  }
  if (code !== 0 && failed === 0) failed = 1;
  process.stdout.write(`${counts.numPassedTests + 2 - failedFirst.length} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Skipped for want of the real provider: no package has it, so a machine that must run every tier may lack it. */
function withoutProvider({ testResults = [] }) {
  const skipped = testResults.flatMap(({ assertionResults }) => assertionResults).filter(isSkipped);
  return skipped.filter(({ ancestorTitles }) => ancestorTitles[0] === "with the real provider").length;
}

const isSkipped = ({ status }) => status === "skipped" || status === "pending" || status === "todo";

/** What the tests need beyond a rehearsal: commands and files, and the Debian packages that they are in. */
const requirements = [
  ["mosquitto", "mosquitto"],
  ["mosquitto_pub", "mosquitto-clients"],
  ["gcc", "gcc"],
  ["shellcheck", "shellcheck"],
  ["/usr/include/mosquitto_plugin.h", "mosquitto-dev"],
  ["/usr/include/stdio.h", "libc6-dev"],
];

/** A broker that apt starts on a developer's machine would be in the way. */
async function installTestPackages() {
  register();
  const { installPackages } = await import("../../sandbox/apt.ts");
  const { missingPackages } = await import("../../sandbox/requirements.ts");
  const missing = await missingPackages(requirements);
  await installPackages(missing, { onProgress: say, signal, startServices: false });
  if (missing.includes("mosquitto") && existsSync("/run/systemd/system"))
    await run("systemctl", ["disable", "mosquitto.service"], { stdio: "ignore" });
}
