// A repository with a pipeline that `bednet init` wrote, a bednet that npm installs offline, and runners to check it out on.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../../cli/bin.mjs", import.meta.url));
const bystander = fileURLToPath(new URL("./bystander.mjs", import.meta.url));
const key = "bednet-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

export interface Scratch {
  readonly folder: string;
  /** The customer's clone: what is committed here is what runners get. */
  readonly repository: string;
  /** A line of JSON for each time that the installed bednet ran. */
  readonly log: string;
  git(...argv: readonly string[]): string;
  commit(message: string): void;
  /** A fresh checkout of a commit, as a runner has it. */
  runner(commit: string): Promise<string>;
  remove(): Promise<void>;
}

/** Each run of the installed bednet; `heard` where it was told to stop. */
export interface Call {
  readonly ran: readonly string[];
  readonly env: readonly string[];
  readonly doors: readonly string[];
  readonly keys: string;
  readonly heard?: string;
}

export async function callsIn({ log }: Scratch): Promise<Call[]> {
  const text = await readFile(log, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

export async function makeScratch(ci: "github" | "gitlab"): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), "bednet-pipeline-"));
  const repository = join(folder, "repository");
  const git = (...argv: readonly string[]): string =>
    execFileSync("git", ["-C", repository, "-c", "user.name=ana", "-c", "user.email=ana@example.com", ...argv], {
      encoding: "utf8",
    }).trim();
  const commit = (message: string): void => {
    git("add", "--all", "--force");
    git("commit", "--quiet", "--message", message);
  };
  await mkdir(repository);
  git("init", "--quiet", "--initial-branch", "main");
  const bednet = (...argv: readonly string[]): void => {
    execFileSync(process.execPath, [bin, ...argv], { cwd: repository, env: { ...process.env, BEDNET_KEY: key } });
  };
  const where = "--provider digitalocean --region fra1 --admin-cidrs 203.0.113.7/32 --devices 20";
  const state = "--state spaces --state-bucket acme-state --state-region fra1";
  bednet(
    ...`init --domain mqtt.example.com ${where} ${state} --ci ${ci} --package file:bednet-0.0.0.tgz --fleet farms/north/fleet.yaml`.split(
      " ",
    ),
  );
  const farm = join(repository, "farms/north");
  await writeFile(join(farm, "devices.csv"), "id,class\nsoil-1,sensor\n");
  bednet("lock", "--fleet", "farms/north/fleet.yaml");
  await packTool(join(folder, "tool"), farm);
  execFileSync("npm", ["install", "--offline", "--package-lock-only"], { cwd: farm, stdio: "pipe" });
  git("add", "--all");
  git("commit", "--quiet", "--message", "a fleet");
  let runners = 0;
  return {
    ...{ folder, repository, git, commit, log: join(folder, "log") },
    runner: async (wanted) => {
      const checkout = join(folder, `runner-${++runners}`);
      execFileSync("git", ["clone", "--quiet", "--no-checkout", repository, checkout]);
      execFileSync("git", ["-C", checkout, "checkout", "--quiet", "--detach", wanted]);
      return checkout;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Installed like the published package, without its dependencies: it hands on to the sources here. */
async function packTool(folder: string, into: string): Promise<void> {
  await mkdir(folder);
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "bednet", version: "0.0.0", type: "module", bin: "bednet.mjs" }),
  );
  const program = `#!/usr/bin/env node\nprocess.env.BEDNET_BIN = ${JSON.stringify(bin)};\nawait import(${JSON.stringify(bystander)});\n`;
  await writeFile(join(folder, "bednet.mjs"), program, { mode: 0o755 });
  execFileSync("npm", ["pack", "--offline", "--pack-destination", into], { cwd: folder, stdio: "pipe" });
}
