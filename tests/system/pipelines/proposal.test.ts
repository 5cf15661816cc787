// What a pipeline that `bednet init` writes does with a proposed change: its own shell, in a scratch repository.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { callsIn, makeScratch, type Scratch } from "./scratch.ts";
import { type Step, start, stepsOf } from "./steps.ts";

describe.each(["github", "gitlab"] as const)("%s", (ci) => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await makeScratch(ci);
  });
  afterAll(() => scratch?.remove());
  afterEach(() => rm(scratch.log, { force: true }));

  const calls = () => callsIn(scratch);
  const base = () => ({ BYSTANDER_FOLDER: scratch.folder, HOME: scratch.folder, npm_config_offline: "true" });

  describe("a change that somebody proposes", () => {
    let checkout: string;
    let env: Record<string, string>;
    let step: Step;
    beforeAll(async () => {
      const { git, repository, folder } = scratch;
      git("checkout", "--quiet", "-b", "proposal");
      const farm = join(repository, "farms/north");
      await writeFile(join(farm, "devices.csv"), "id,class\nsoil-1,sensor\nsoil-2,sensor\n");
      await takeOver(repository, farm, `touch ${folder}/taken-over; env >${folder}/taken-over`);
      scratch.commit("a device, and everything that could run");
      const proposed = git("rev-parse", "HEAD");
      git("checkout", "--quiet", "main");
      const before = git("rev-parse", "HEAD");
      git("merge", "--quiet", "--no-ff", "--message", "merged to see", "proposal");
      const merged = git("rev-parse", "HEAD");
      git("reset", "--quiet", "--hard", before);
      checkout = await scratch.runner(ci === "github" ? merged : proposed);
      [step] = (await stepsOf(repository, ci, "plan")) as [Step];
      const summary = { GITHUB_STEP_SUMMARY: join(folder, "summary") };
      const target = ci === "github" ? { BASE: "HEAD^1", ...summary } : { BASE: before };
      env = { ...base(), FLEET: "farms/north/fleet.yaml", TARGET: "main", ...target };
    });

    test("is told what it means, and nothing of it is run", async () => {
      const { exitCode, output } = await start(checkout, step, env).ended;
      expect(existsSync(join(scratch.folder, "taken-over"))).toBe(false);
      expect([exitCode, output]).toEqual([0, expect.any(String)]);
      const plan = await readFile(join(checkout, "plan.md"), "utf8");
      expect(plan).toMatch(/^### bednet plan: prod\n\n```text\nprod against main: reload, /);
      expect(plan).toContain("  1 added: soil-2\n");
      expect(plan).toContain("  1 not in it yet: soil-2\n");
      expect(output).toContain(plan);
      if (ci === "github") expect(await readFile(join(scratch.folder, "summary"), "utf8")).toBe(plan);
    });

    test("sees no secret: there is none in the job", async () => {
      await start(checkout, step, env).ended;
      const [{ ran, env: names } = { ran: [], env: [] }] = await calls();
      expect(ran[0]).toBe("plan");
      expect(names.filter((name) => /TOKEN|SECRET|KEY|PASSWORD|SSH|AWS|TF_/.test(name))).toEqual([]);
      expect(Object.values(step.env).join()).not.toContain("secrets");
    });

    test("with a mistake in it fails, and says which", async () => {
      await writeFile(join(checkout, "farms/north/devices.csv"), "id,class\nsoil-1,nothing\n");
      const { exitCode, output } = await start(checkout, step, env).ended;
      expect(exitCode).toBe(1);
      expect(output).toContain('farms/north/devices.csv:2:8  class: "nothing" is not a class');
    });

    test("which brings bednet in the first place is not compared", async () => {
      const first = await scratch.runner("main");
      execFileSync("git", ["-C", first, "checkout", "--quiet", "--orphan", "empty"]);
      execFileSync("git", ["-C", first, "rm", "-r", "--quiet", "--force", "."]);
      const author = ["-c", "user.name=ana", "-c", "user.email=ana@example.com"];
      execFileSync("git", ["-C", first, ...author, "commit", "--quiet", "--allow-empty", "--message", "empty"]);
      execFileSync("git", ["-C", first, "checkout", "--quiet", "--detach", "origin/main"]);
      const { exitCode } = await start(first, step, { ...env, BASE: "empty" }).ended;
      expect([exitCode, await readFile(join(first, "plan.md"), "utf8")]).toEqual([
        0,
        "There is no bednet in main yet, so nothing was compared.\n",
      ]);
    });
  });

  if (ci === "github")
    test("the comment is made once, then written over", async () => {
      const { jobs } = parse(await readFile(join(scratch.repository, ".github/workflows/bednet-prod.yml"), "utf8"));
      const { run, env } = jobs.comment.steps.at(-1);
      const folder = join(scratch.folder, "comment");
      await mkdir(folder);
      await writeFile(join(folder, "plan.md"), "the plan\n");
      // GitHub's own client, as far as it is asked here: it says the id that it was told to, and notes the rest.
      const gh = `#!/bin/sh\nif [ "$2" = --paginate ]; then cat id; else echo "$*" >>calls; cp comment.md sent; fi\n`;
      await writeFile(join(folder, "gh"), gh, { mode: 0o755 });
      const step = { name: "comment", shell: run, env, always: false };
      const given = {
        PATH: `${folder}:${process.env.PATH}`,
        MARK: env.MARK,
        COMMENTS: "repos/a/b/issues",
        NUMBER: "7",
      };
      for (const id of ["", "42\n"]) {
        await writeFile(join(folder, "id"), id);
        expect(await start(folder, step, given).ended).toEqual({ exitCode: 0, output: "" });
      }
      expect(await readFile(join(folder, "calls"), "utf8")).toBe(
        "api --silent repos/a/b/issues/7/comments --field body=@comment.md\napi --silent --method PATCH repos/a/b/issues/comments/42 --field body=@comment.md\n",
      );
      expect(await readFile(join(folder, "sent"), "utf8")).toBe("<!-- bednet plan prod -->\nthe plan\n");
    });
});

/** All that a pull request may bring along in the hope that somebody runs it. */
async function takeOver(repository: string, farm: string, evil: string): Promise<void> {
  const script = `#!/bin/sh\n${evil}\n`;
  const packageJson = JSON.parse(await readFile(join(farm, "package.json"), "utf8"));
  const scripts = { preinstall: evil, install: evil, prepare: evil };
  await writeFile(join(farm, "package.json"), JSON.stringify({ ...packageJson, scripts }));
  await writeFile(join(farm, ".npmrc"), `ignore-scripts=false\n`);
  for (const folder of [repository, farm]) {
    await mkdir(join(folder, "node_modules/.bin"), { recursive: true });
    await writeFile(join(folder, "node_modules/.bin/bednet"), script, { mode: 0o755 });
    await writeFile(join(folder, ".gitattributes"), "* filter=evil diff=evil\n");
  }
  for (const file of [".github/workflows/bednet-prod.yml", ".gitlab/bednet-prod.yml"]) {
    if (existsSync(join(repository, file))) await writeFile(join(repository, file), "on: pull_request_target\n");
  }
}
