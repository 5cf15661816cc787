// What a pipeline that `bednet init` writes does with what was merged: its own shell, against the stand-in for DigitalOcean.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { instantHosts } from "../../../sandbox/digitalocean/hosts.ts";
import { type DigitalOcean, startDigitalOcean } from "../../../sandbox/digitalocean/server.ts";
import { callsIn, makeScratch, type Scratch } from "./scratch.ts";
import { type Job, type Step, start, stepsOf } from "./steps.ts";

const install = ["ci", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"];

describe.each(["github", "gitlab"] as const)("%s", (ci) => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await makeScratch(ci);
  });
  afterAll(() => scratch?.remove());
  afterEach(() => rm(scratch.log, { force: true }));

  const calls = () => callsIn(scratch);
  const base = () => ({ BYSTANDER_FOLDER: scratch.folder, HOME: scratch.folder, npm_config_offline: "true" });

  describe("what was merged", () => {
    let checkout: string;
    let cloud: DigitalOcean;
    let env: Record<string, string>;
    beforeAll(async () => {
      checkout = await scratch.runner("main");
      execFileSync("npm", install, { cwd: join(checkout, "farms/north"), stdio: "pipe" });
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(scratch.folder, "deploy")]);
    });
    beforeEach(async () => {
      cloud = await startDigitalOcean({ hosts: instantHosts(), settleMs: 0 });
      const ids =
        ci === "github" ? { GITHUB_RUN_ID: "7", GITHUB_RUN_ATTEMPT: "1", GITHUB_JOB: "deploy" } : { CI_JOB_ID: "7" };
      env = {
        ...{ ...base(), ...ids, FLEET: "farms/north/fleet.yaml" },
        ...{ DIGITALOCEAN_TOKEN: cloud.token, DIGITALOCEAN_API_URL: cloud.url },
        BEDNET_SSH_KEY: await readFile(join(scratch.folder, "deploy"), "utf8"),
      };
    });
    afterEach(async () => {
      for (const file of ["wait", "fail"]) await rm(join(scratch.folder, file), { force: true });
      await rm(join(checkout, "verify.xml"), { force: true });
      await cloud.close();
    });

    const say = (file: "wait" | "fail") => writeFile(join(scratch.folder, file), "");
    const open = (): string[] => cloud.cloud.firewalls.map(({ name }) => name);
    const workOf = async (job: Job): Promise<{ work: Step; close: Step }> => {
      const steps = await stepsOf(checkout, ci, job);
      const [close] = steps.filter(({ always }) => always);
      return { work: steps.filter(({ always }) => !always).at(-1)!, close: close! };
    };
    const begun = async (): Promise<void> => {
      for (const started = Date.now(); (await calls()).every(({ ran }) => ran[0] !== "deploy"); ) {
        if (Date.now() - started > 60_000) throw new Error("the deploy did not begin");
        await sleep(50);
      }
    };

    test("is deployed behind a door of its own, and verified", async () => {
      const { work } = await workOf("deploy");
      const { exitCode, output } = await start(checkout, work, env).ended;
      expect([exitCode, output]).toEqual([0, expect.stringContaining("SSH is closed again.")]);
      const [, deploy, verify] = await calls();
      const door = ci === "github" ? "bednet-prod-door-7-1-deploy" : "bednet-prod-door-7";
      expect(deploy).toMatchObject({ ran: ["deploy", "--auto-approve", "--fleet", "fleet.yaml"], doors: [door] });
      expect(deploy!.keys).toMatch(/^256 SHA256:\S+ .* \(ED25519\)$/);
      expect(deploy!.env).toEqual(expect.arrayContaining(["DIGITALOCEAN_TOKEN", "SSH_AUTH_SOCK"]));
      expect(deploy!.env).not.toContain("BEDNET_SSH_KEY");
      expect(verify!.ran).toEqual(["verify", "--fleet", "fleet.yaml", "--junit", join(checkout, "verify.xml")]);
      expect(existsSync(join(checkout, "verify.xml"))).toBe(true);
      expect(open()).toEqual([]);
      expect(agents(scratch.folder)).toEqual([]);
    });

    test("and fails is verified all the same, and stays failed", async () => {
      await say("fail");
      const { work } = await workOf("deploy");
      expect((await start(checkout, work, env).ended).exitCode).toBe(1);
      expect((await calls()).map(({ ran }) => ran[0])).toEqual(["door", "deploy", "verify", "door"]);
      expect(open()).toEqual([]);
    });

    test.each([
      ["SIGTERM", 143],
      ["SIGINT", 130],
    ] as const)("and is cancelled by %s: the deploy hears it, and SSH is closed", async (signal, code) => {
      await say("wait");
      const { work } = await workOf("deploy");
      const running = start(checkout, work, env);
      await begun();
      expect(open()).toHaveLength(1);
      running.child.kill(signal);
      expect((await running.ended).exitCode).toBe(code);
      expect((await calls()).some(({ heard }) => heard === "SIGTERM")).toBe(true);
      expect(open()).toEqual([]);
      expect(agents(scratch.folder)).toEqual([]);
    });

    test("and whose script is killed outright: the step that always runs closes SSH", async () => {
      await say("wait");
      const { work, close } = await workOf("deploy");
      const running = start(checkout, work, env);
      await begun();
      running.child.kill("SIGKILL");
      await rm(join(scratch.folder, "wait"));
      expect(open()).toHaveLength(1);
      const { BEDNET_SSH_KEY: _, ...without } = env;
      expect(await start(checkout, close, without).ended).toMatchObject({ exitCode: 0 });
      expect(open()).toEqual([]);
      await running.ended;
      for (const pid of agents(scratch.folder)) process.kill(pid);
    });

    test("is looked at every night, after what cut-off runs have left open is closed", async () => {
      const { work } = await workOf("nightly");
      expect((await start(checkout, work, env).ended).exitCode).toBe(0);
      const ran = (await calls()).map(({ ran }) => ran.slice(0, 2).join(" "));
      expect(ran).toEqual(["door sweep", "door open", "drift --fleet", "verify --fleet", "door close"]);
      expect(open()).toEqual([]);
    });
  });
});

/** Process ids of the agents that a runner with this home folder has left. */
function agents(home: string): number[] {
  const listed = execFileSync("sh", ["-c", "grep -lz '^HOME='\"$0\"'$' /proc/[0-9]*/environ 2>/dev/null || :", home], {
    encoding: "utf8",
  });
  const ids = listed.split("\n").flatMap((path) => /\d+/.exec(path)?.[0] ?? []);
  return ids.map(Number).filter((pid) => commandOf(pid).startsWith("ssh-agent"));
}

function commandOf(pid: number): string {
  try {
    return execFileSync("cat", [`/proc/${pid}/cmdline`], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}
