// A broker as a process ends with the run that started it, and what kill -9 leaves is gone at the next run.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive, type ProcessId } from "../../sandbox/process-id.ts";

const root = resolve(import.meta.dirname, "../..");
const key = readFileSync(join(root, "examples/key"), "utf8").trim();
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "bednet-scratch-"));
  await chmod(scratch, 0o711);
});
afterAll(() => rm(scratch, { recursive: true }));

function startNode(...args: string[]) {
  const env = { ...process.env, TMPDIR: scratch, BEDNET_KEY: key };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const hears = async (text: string): Promise<void> => {
    while (!said.includes(text) && child.exitCode === null) await sleep(10);
    expect(said).toContain(text);
  };
  return { child, hears, ended: once(child, "exit") as Promise<[number | null]> };
}
const rehearse = () => startNode("cli/bin.mjs", "rehearse", "--local", "--fleet", "examples/small-farm/fleet.yaml");
const folders = () => readdir(scratch).then((names) => names.filter((name) => name.startsWith("bednet-broker-")));

interface Owners {
  readonly owner: ProcessId;
  readonly broker: ProcessId;
}
const ownersIn = async (folder: string): Promise<Owners> =>
  JSON.parse(await readFile(join(scratch, folder, "owners.json"), "utf8"));

test("kill -9 takes the broker along; the next run removes the folder", async () => {
  const first = rehearse();
  await first.hears("listens on");
  const [folder] = await folders();
  const { owner, broker } = await ownersIn(folder!);
  expect([owner.pid, isAlive(broker)]).toEqual([first.child.pid, true]);
  expect(await readFile(`/proc/${broker.pid}/cmdline`, "utf8")).toContain(folder);
  expect(await readFile(`/proc/${broker.pid}/environ`, "utf8")).not.toContain("BEDNET_");
  first.child.kill("SIGKILL");
  await first.ended;
  await sleep(200);
  expect(isAlive(broker)).toBe(false);
  expect(await folders()).toEqual([folder]); // the control: there is something to sweep
  expect((await rehearse().ended)[0]).toBe(0);
  expect(await folders()).toEqual([]);
});

test("a broker that nothing ties to its run is ended by the sweep, and only once that run is dead", async () => {
  const victim = startNode(
    ...["--import", "tsx", "--input-type=module", "-e"],
    `import { spawn } from "node:child_process";
     import { makeBrokerFolder } from "./sandbox/broker-folder.ts";
     const folder = await makeBrokerFolder();
     folder.signBroker(spawn("sleep", ["600"], { detached: true, stdio: "ignore" }).pid);
     console.error("signed");
     setInterval(() => {}, 1000);`,
  );
  await victim.hears("signed");
  const [folder] = await folders();
  const { broker } = await ownersIn(folder!);
  expect((await rehearse().ended)[0]).toBe(0);
  expect([isAlive(broker), await folders()]).toEqual([true, [folder]]); // in use, so left alone
  victim.child.kill("SIGKILL");
  await victim.ended;
  expect(isAlive(broker)).toBe(true); // the control: it outlived its run
  expect((await rehearse().ended)[0]).toBe(0);
  expect([isAlive(broker), await folders()]).toEqual([false, []]);
});
