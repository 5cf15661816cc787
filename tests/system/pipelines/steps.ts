// The shell in a pipeline file, as the service's runner would start it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";

export interface Step {
  readonly name: string;
  readonly shell: string;
  /** As the file spells it: expressions of the service's are not filled in. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs whatever happened before. */
  readonly always: boolean;
}

export type Job = "plan" | "deploy" | "nightly";

export async function stepsOf(repository: string, ci: "github" | "gitlab", job: Job): Promise<Step[]> {
  const path = ci === "github" ? ".github/workflows/bednet-prod.yml" : ".gitlab/bednet-prod.yml";
  const pipeline = parse(await readFile(join(repository, path), "utf8"));
  if (ci === "github") {
    const { steps } = pipeline.jobs[job];
    return steps
      .filter((step: { run?: string }) => step.run !== undefined)
      .map((step: { name: string; run: string; env?: Record<string, string>; if?: string }) => ({
        ...{ name: step.name, shell: step.run, always: step.if === "always()" },
        env: { ...pipeline.env, ...step.env },
      }));
  }
  const { script, after_script: after = [], variables } = pipeline[`bednet-${job}-prod`];
  const step = (name: string, lines: string[], always: boolean): Step => ({
    ...{ name, shell: lines.join("\n"), env: variables, always },
  });
  // before_script fetches Terraform from the internet; what else it does is in the test.
  return [step("script", script, false), ...(after.length > 0 ? [step("after_script", after, true)] : [])];
}

export function start(checkout: string, { shell }: Step, env: Readonly<Record<string, string>>) {
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", shell], {
    cwd: checkout,
    env: { PATH: process.env.PATH ?? "", HOME: checkout, TMPDIR: env.HOME ?? checkout, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const ended = once(child, "close").then(([code]) => ({ exitCode: code as number | null, output }));
  return { child, ended };
}
