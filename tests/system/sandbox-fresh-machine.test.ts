// A fresh Debian 12 with systemd and none of our requirements: a rehearsal in a rehearsal installs them and runs.
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "../../sandbox/command.ts";
import { bootGuest, type Guest } from "../../sandbox/guest.ts";
import { leftovers } from "../../sandbox/leftovers.ts";
import { canRehearse } from "../../sandbox/requirements.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const verdict = await canRehearse();

async function bringProject(root: string): Promise<void> {
  const target = join(root, "project");
  await mkdir(target);
  const needed = ["package.json", "tsconfig.json", "node_modules", "fleet", "remote", "sandbox"];
  await run(["cp", "-a", ...needed.map((name) => join(project, name)), target]);
  await cp(process.execPath, join(root, "usr/local/bin/node"));
  await writeFile(join(target, "first.mts"), firstRun);
}

const firstRun = `
import { bootGuest } from "./sandbox/guest.ts";
import { leftovers } from "./sandbox/leftovers.ts";
import { installPackages } from "./sandbox/apt.ts";
import { canRehearse, missingPackages } from "./sandbox/requirements.ts";
const missing = await missingPackages();
const mayRehearse = await canRehearse();
await installPackages(missing);
const stillMissing = await missingPackages();
const guest = await bootGuest({ release: "trixie" });
const { stdout } = await guest.exec(["sh", "-c", "systemctl is-system-running --wait; apt-get -qq update && echo online"]);
const left = await guest.stop();
console.log(JSON.stringify({ missing, mayRehearse, stillMissing, stdout, left, leftovers: await leftovers() }));
`;

/** By systemd, as a login would be: in its own cgroup, under a manager that may refuse. */
const asUnit = (guest: Guest, script: string) =>
  guest.exec([
    "systemd-run",
    "-q",
    "--wait",
    "--pipe",
    "--slice=user-0.slice",
    "--setenv=HOME=/root",
    "sh",
    "-c",
    script,
  ]);

test.runIf(verdict.ok)("it installs what it needs, boots a guest under systemd, and leaves nothing", async () => {
  const machine = await bootGuest({ release: "bookworm", prepare: bringProject });
  try {
    // The machine's own disk is an overlay, and overlays do not stack; a real machine has a real disk.
    const disks =
      "mkdir -p /var/lib/bednet /root/.cache; for d in /var/lib/bednet /root/.cache; do mount -t tmpfs t $d; done";
    const { stdout, stderr } = await asUnit(machine, `${disks}; cd /project && exec node --import tsx first.mts`);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      missing: ["debootstrap", "systemd-container", "nftables", "pebble"],
      mayRehearse: { ok: true },
      stillMissing: [],
      stdout: "running\nonline\n",
      left: [],
      leftovers: [],
    });
  } finally {
    expect(await machine.stop()).toEqual([]);
  }
  expect(await leftovers()).toEqual([]);
});

test.runIf(verdict.ok)("without root it says what to do and installs nothing", async () => {
  const machine = await bootGuest({ release: "bookworm", prepare: bringProject });
  try {
    const script = `import("./sandbox/requirements.ts").then(async (m) => console.log(JSON.stringify([await m.canRehearse(),
      await (await import("./sandbox/apt.ts")).installPackages(["nftables"]).catch((error) => [error.name, error.message, error.fix])])))`;
    const command = `cd /project && exec setpriv --reuid=65534 --clear-groups node --import tsx -e '${script}'`;
    const { stdout } = await asUnit(machine, command);
    expect(JSON.parse(stdout)).toEqual([
      { ok: false, because: "a throw-away host needs root", fix: "Run it with sudo." },
      ["Problem", "this needs nftables", "Install what is missing (on Debian: sudo apt-get install nftables)."],
    ]);
  } finally {
    expect(await machine.stop()).toEqual([]);
  }
});
