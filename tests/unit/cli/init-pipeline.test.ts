// The pipelines that `bednet init` writes: whole, as YAML, and what must never be in them.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { secretsOf } from "../../../cli/init/pipeline.ts";
import type { Fleet } from "../../../fleet/schema.ts";
import { droplet, existing, gitlabState, spaces } from "./init-options.ts";
import { run } from "./run.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-init-"));
});
afterEach(() => rm(folder, { recursive: true }));

const init = (options: string, file = "fleet.yaml") =>
  run(["init", ...options.split(" ").filter(Boolean), "--fleet", join(folder, file)]);
const text = (path: string): Promise<string> => readFile(join(folder, path), "utf8");

describe.each([
  ["github", droplet, spaces, ".github/workflows/bednet-prod.yml"],
  ["github", existing, gitlabState, ".github/workflows/bednet-prod.yml"],
  ["gitlab", droplet, spaces, ".gitlab/bednet-prod.yml"],
  ["gitlab", existing, gitlabState, ".gitlab/bednet-prod.yml"],
] as const)("the pipeline of %s, %s", (ci, options, state, path) => {
  const kind = options === droplet ? "droplet" : "existing";
  beforeEach(async () => {
    await mkdir(join(folder, ".git"));
    await init(`${options} ${state} --ci ${ci}`, "farms/north/fleet.yaml");
  });
  test("whole", async () => {
    await expect(await text(path)).toMatchFileSnapshot(`../../golden/pipelines/${ci}-${kind}.yml`);
  });
  test("is YAML, names the fleet from the repository's root, and has no secret where a change is looked at", async () => {
    const pipeline = parse(await text(path));
    const jobs = ci === "github" ? pipeline.jobs : pipeline;
    const plan = JSON.stringify(ci === "github" ? jobs.plan : jobs["bednet-plan-prod"]);
    expect(plan).not.toMatch(/secrets|TOKEN|KEY|environment/);
    expect((ci === "github" ? pipeline.env : jobs["bednet-plan-prod"].variables).FLEET).toBe("farms/north/fleet.yaml");
    const others = JSON.stringify(jobs);
    expect(others).not.toMatch(/BEDNET_KEY|pull_request_target/);
  });
});

test("a workflow of GitHub: actions by commit, few rights, one at a time and never cancelled", async () => {
  await init(`${droplet} ${spaces} --ci github --branch release/v1`);
  const written = await text(".github/workflows/bednet-prod.yml");
  const { on, permissions, jobs } = parse(written);
  expect(on.push.branches).toEqual(["release/v1"]);
  expect(permissions).toEqual({});
  expect(jobs.plan.permissions).toEqual({ contents: "read" });
  expect(jobs.comment.permissions).toEqual({ "pull-requests": "write" });
  for (const job of [jobs.deploy, jobs.nightly]) {
    expect(job).toMatchObject({
      environment: "bednet-prod",
      permissions: { contents: "read" },
      concurrency: { group: "bednet-prod", "cancel-in-progress": false },
    });
  }
  const uses = [...written.matchAll(/uses: (.*)/g)].map(([, action]) => action);
  expect(uses.filter((action) => !/^[a-z-]+\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action!))).toEqual([]);
  expect(uses.length).toBeGreaterThan(8);
  // No expression of GitHub's stands in a script: what a branch is called could be shell there.
  const steps = Object.values<{ steps: { run?: string }[] }>(jobs).flatMap((job) => job.steps);
  expect(steps.flatMap(({ run }) => (run?.includes("${{") ? [run] : []))).toEqual([]);
});

test("every secret that a pipeline names is explained in the docs", async () => {
  const docs = await readFile(new URL("../../../docs/pipelines.md", import.meta.url), "utf8");
  const states = [{ backend: "spaces" }, { backend: "http" }] as Fleet["state"][];
  const fleets = states.map((state) => ({ state, host: { provider: "digitalocean" } }) as Fleet);
  const names = fleets.flatMap(secretsOf).map(({ name }) => name);
  expect(names.filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
});

test("GitLab's own file is there already: it says which line to add", async () => {
  await writeFile(join(folder, ".gitlab-ci.yml"), "stages: [test]\n");
  const { stdout } = await init(`${droplet} ${spaces} --ci gitlab`);
  expect(stdout).toContain("/.gitlab-ci.yml, which was there; add to its include:  - local: .gitlab/bednet-prod.yml\n");
});
