// A fresh Debian 12 with systemd and none of our requirements: a rehearsal in a rehearsal installs them and runs.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bootGuest } from "../../sandbox/guest.ts";
import { leftovers } from "../../sandbox/leftovers.ts";
import { canRehearse } from "../../sandbox/requirements.ts";
import { asUnit, bringProject } from "./sandbox-machine.ts";

const verdict = await canRehearse();

const prepare = async (root: string): Promise<void> => {
  await bringProject(root);
  await writeFile(join(root, "project/first.mts"), firstRun);
};

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

test.runIf(verdict.ok)("it installs what it needs, boots a guest under systemd, and leaves nothing", async () => {
  const machine = await bootGuest({ release: "bookworm", prepare });
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
      [
        "Problem",
        "nftables must be installed on this machine",
        "On Debian: sudo apt-get install nftables. Then run the command again.",
      ],
    ]);
  } finally {
    expect(await machine.stop()).toEqual([]);
  }
});
