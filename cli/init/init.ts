// The work of `bednet init`: judge everything first, then write what is not there yet.
import { access, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { judgeFleet, readFleet } from "../../fleet/load.ts";
import { Problem } from "../../fleet/problem.ts";
import type { Fleet } from "../../fleet/schema.ts";
import type { Context } from "../command.ts";
import { ask } from "./ask.ts";
import { fleetFile, whyRemote, wrongAnswers } from "./fleet-file.ts";
import { type NewFile, type Written, writeNew } from "./new-file.ts";
import { type PipelineWish, pipelineFiles } from "./pipeline.ts";
import { type Answers, settings } from "./settings.ts";

export interface InitWish {
  readonly path: string;
  readonly given: Answers;
  readonly ci: PipelineWish["ci"] | undefined;
  readonly branch: string;
  /** Where npm gets bednet from. */
  readonly source: string;
  readonly withCdktf: boolean;
}

export interface Initialised {
  readonly fleet: Fleet;
  readonly written: readonly Written[];
}

export async function init(wish: InitWish, context: Context): Promise<Initialised> {
  const { path, ci, branch } = wish;
  const isThere = await exists(path);
  const { fleet, text } = isThere ? await fleetThatIsThere(wish) : await newFleet(wish, context);
  const folder = dirname(resolve(path));
  const root = await repositoryOf(folder);
  const fleetInRoot = relative(root, resolve(path)).split(sep).join("/");
  const pipeline = ci === undefined ? [] : pipelineFiles({ ci, fleet, fleetFile: fleetInRoot, branch });
  context.signal.throwIfAborted();
  context.whenStopped("Stopping; what was written so far stays, and the next run goes on.");
  const written: Written[] = [];
  const beside = [{ path: basename(path), content: text }, ...filesBeside(wish)];
  for (const file of beside) written.push(await writeNew(folder, file));
  for (const file of pipeline) written.push(await writeNew(root, file));
  return { fleet, written };
}

/** A fleet file that is there is what counts: options that would change it are mistakes. */
async function fleetThatIsThere({ path, given, ci }: InitWish): Promise<{ fleet: Fleet; text: string }> {
  const { fleet } = await readFleet(path);
  const mistakes = settings
    .filter(({ key }) => given[key] !== undefined)
    .map((one) => `  ${one.flag}: ${path} is there already and is not written over; change ${one.path} in it`);
  if (ci !== undefined && fleet.state.backend === "local")
    mistakes.push(`  --ci: state.backend in ${path}: ${whyRemote}`);
  if (mistakes.length > 0) throw problem(mistakes, "Change fleet.yaml and run the command again; nothing was written.");
  return { fleet, text: "" };
}

async function newFleet({ given, ci }: InitWish, context: Context): Promise<{ fleet: Fleet; text: string }> {
  const hasCi = ci !== undefined;
  const answers = context.stdin.isTTY ? await ask(given, hasCi, context) : given;
  const wrong = wrongAnswers(answers, hasCi);
  if (wrong.length > 0) {
    const mistakes = wrong.map(({ flag, says }) => `  ${flag}: ${says}`);
    throw problem(
      mistakes,
      "Give them as options, or run `bednet init` on a terminal, where it asks; nothing was written.",
    );
  }
  const text = fleetFile(answers);
  const { fleet } = judgeFleet({ yaml: text, yamlFile: "fleet.yaml", csv: undefined, csvFile: "devices.csv" });
  return { fleet: fleet!, text };
}

function problem(mistakes: readonly string[], fix: string): Problem {
  const many = mistakes.length === 1 ? "one thing is" : `${mistakes.length} things are`;
  return new Problem([`${many} not right yet:`, ...mistakes].join("\n"), fix);
}

const ignored = ["node_modules/", ".bednet/", "cdktf.out/", ".terraform/", "*.tfstate*", "/deploy"];

function filesBeside({ source, withCdktf }: InitWish): NewFile[] {
  const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
  const cdktf = { language: "typescript", app: "npx --no bednet synth", sendCrashReports: "false" };
  const packages = {
    private: true,
    dependencies: { bednet: source },
    ...(withCdktf && { devDependencies: { "cdktf-cli": "0.21.0" } }),
  };
  return [
    { path: "devices.csv", content: "id,class\n" },
    { path: ".gitignore", content: `${ignored.join("\n")}\n`, lacks: notIgnored },
    { path: "cdktf.json", content: json(cdktf) },
    {
      path: "package.json",
      content: json(packages),
      lacks: (text) => (text.includes('"bednet"') ? undefined : `run: npm install bednet@${source}`),
    },
  ];
}

function notIgnored(text: string): string | undefined {
  const there = text.split(/\r?\n/);
  const missing = ignored.filter((line) => !there.includes(line));
  return missing.length === 0 ? undefined : `add to it: ${missing.join(" ")}`;
}

/** The folder with .git; without one, the folder itself. */
async function repositoryOf(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if (await exists(join(at, ".git"))) return at;
    if (dirname(at) === at) return folder;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () =>
      stat(path).then(
        () => true,
        () => false,
      ),
  );
}
