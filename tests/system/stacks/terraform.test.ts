// The real Terraform on a stack of its built-in provider alone: no network, no account.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runTerraform } from "../../../stacks/terraform/process.ts";
import { Terraform } from "../../../stacks/terraform/terraform.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-terraform-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const open = (signal = never, env: NodeJS.ProcessEnv = process.env) =>
  new Terraform({ folder, env, signal, askMs: 60_000, stopMs: 30_000 });

/** One `terraform_data` for each name, with what its local-exec runs; each waits for the one before. */
async function stackOf(commands: Readonly<Record<string, string>>, trigger = "1"): Promise<void> {
  const names = Object.keys(commands);
  const resources = names.map((name, i) => [
    name,
    {
      triggers_replace: { trigger },
      provisioner: [{ "local-exec": { command: commands[name] } }],
      ...(i > 0 && { depends_on: [`terraform_data.${names[i - 1]}`] }),
    },
  ]);
  const main = {
    terraform: { backend: { local: { path: "terraform.tfstate" } } },
    resource: { terraform_data: Object.fromEntries(resources) },
  };
  await writeFile(join(folder, "main.tf.json"), JSON.stringify(main));
}

test("plan, apply, and nothing left to do", async () => {
  await stackOf({ converge: "exec echo 2 of 6 steps", verify: "exec echo 14 passed" });
  const terraform = open();
  await terraform.init();
  expect((await terraform.state()).isEmpty).toBe(true);
  const { changes } = await terraform.plan();
  expect(changes.map(({ address, action }) => `${action} ${address}`)).toEqual([
    "create terraform_data.converge",
    "create terraform_data.verify",
  ]);
  const said: string[] = [];
  const applied = await terraform.apply((event) => event.kind === "said" && said.push(event.text));
  expect(applied).toEqual({ isDone: true, errors: [] });
  expect(said).toEqual(["2 of 6 steps", "14 passed"]);
  expect((await terraform.plan()).changes).toEqual([]);
  expect((await terraform.plan({ replace: ["terraform_data.verify"] })).changes).toMatchObject([
    { address: "terraform_data.verify", action: "replace" },
  ]);
});

test("a failing stage is an error with what it said, and is tried again by the next run", async () => {
  await stackOf({ converge: "exec true", verify: "exec sh -c 'echo publish-denied failed; exit 1'" });
  const terraform = open();
  await terraform.init();
  await terraform.plan();
  const { isDone, errors } = await terraform.apply(() => {});
  expect(isDone).toBe(false);
  expect(errors).toMatchObject([{ kind: "error", address: "terraform_data.verify" }]);
  expect(errors[0]!.text).toContain("publish-denied failed");
  expect((await terraform.state()).instances("terraform_data.verify")).toMatchObject([{ isTainted: true }]);
  expect((await terraform.plan()).changes).toMatchObject([{ address: "terraform_data.verify", action: "replace" }]);
});

test.each([
  ["stops when it is asked", "exec sh -c 'echo ready; exec sleep 60'"],
  ["leaves a child behind", "sh -c 'echo ready; sleep 61'; true"],
  ["hangs", "trap '' INT TERM; (trap '' INT TERM; echo ready; sleep 62; sleep 63)"],
])("aborted in a stage that %s: nothing of it runs on, and the state is whole", async (_, command) => {
  await stackOf({ first: "exec true", second: command });
  const aborted = new AbortController();
  const setUp = open();
  await setUp.init();
  await setUp.plan();
  const argv = ["apply", "-input=false", "-json", "bednet.tfplan"];
  const started = performance.now();
  const { exitCode } = await runTerraform(argv, {
    folder,
    env: { ...process.env, BEDNET_TEST: folder },
    signal: aborted.signal,
    stopMs: 3_000,
    spool: {
      name: "said.jsonl",
      onLine: (line) => {
        if (line.includes('"output":"ready"')) aborted.abort();
      },
    },
  });
  expect(exitCode).not.toBe(0);
  expect(performance.now() - started).toBeLessThan(20_000);
  await expect.poll(() => runningWith(`BEDNET_TEST=${folder}`)).toEqual([]);
  expect(JSON.parse(await readFile(join(folder, "terraform.tfstate"), "utf8"))).toMatchObject({ version: 4 });
  const next = await open().plan();
  expect(next.changes.map(({ address }) => address)).toEqual(["terraform_data.second"]);
});

test("without Terraform it says how to get it", async () => {
  await stackOf({ converge: "exec true" });
  await expect(open(never, { ...process.env, TERRAFORM_BINARY_NAME: "tofu-nowhere" }).init()).rejects.toMatchObject({
    message: "tofu-nowhere is not installed",
    exitCode: 1,
  });
});

test("what Terraform complains about is told whole", async () => {
  await writeFile(join(folder, "main.tf.json"), '{"resource": {"terraform_data": {"a": {"inputs": 1}}}}');
  await open().init();
  await expect(open().plan()).rejects.toThrow(/^Terraform could not plan:\n[\s\S]*inputs/);
});

/** Processes that inherited this setting. */
async function runningWith(setting: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (environment.split("\0").includes(setting)) found.push(pid);
  }
  return found;
}
