// Packages that are being installed when somebody presses Ctrl-C or kills us: dpkg is never cut off, and services may start again.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bootGuest } from "../../sandbox/guest.ts";
import { canRehearse } from "../../sandbox/requirements.ts";
import { asUnit, bringProject } from "./sandbox-machine.ts";

const verdict = await canRehearse();

const installing = `
import { installPackages } from "./sandbox/apt.ts";
const controller = new AbortController();
process.on("SIGINT", () => controller.abort(new Error("Ctrl-C")));
const options = { startServices: false, signal: controller.signal, onProgress: (text) => console.log(text) };
await installPackages([process.argv[2]], options).catch((error) => console.log("ended: " + error.message));
`;

/** Signals the process group once dpkg is at work, waits until it is done, and says what it found. */
const interrupted = `cd /project
setsid node --import tsx installing.mts "$2" >said 2>&1 &
until [ -e /usr/sbin/policy-rc.d ] && pgrep -x dpkg >/dev/null; do sleep 0.02; done
kill -s "$1" -- -"$(pgrep -of installing.mts)"
wait
while pgrep -x 'apt-get|dpkg' >/dev/null; do sleep 0.1; done
cat said
dpkg --audit
dpkg-query -W -f '\${Status}\\n' "$2"
systemctl is-active "$2"
grep -c bednet /usr/sbin/policy-rc.d 2>&1
node --import tsx --input-type=module -e 'import { sweep } from "./sandbox/runs.ts"; await sweep()'
ls /usr/sbin/policy-rc.d 2>&1
`;

test.runIf(verdict.ok)("dpkg ends what it began, and the next run lets services start again", async () => {
  const prepare = async (root: string): Promise<void> => {
    await bringProject(root);
    await writeFile(join(root, "project/installing.mts"), installing);
    await writeFile(join(root, "project/interrupted.sh"), interrupted);
  };
  const machine = await bootGuest({ release: "bookworm", prepare });
  try {
    const after = async (signal: string, name: string): Promise<string[]> =>
      (await asUnit(machine, `sh /project/interrupted.sh ${signal} ${name}`)).stdout.trim().split("\n");
    const absent = "'/usr/sbin/policy-rc.d': No such file or directory";
    expect(await after("INT", "mosquitto")).toEqual([
      "installing mosquitto",
      "finishing the installation first: dpkg must not be cut off",
      "ended: Ctrl-C",
      "install ok installed",
      "inactive",
      "grep: /usr/sbin/policy-rc.d: No such file or directory",
      `ls: cannot access ${absent}`,
    ]);
    expect(await after("KILL", "nginx-light")).toEqual([
      "installing nginx-light",
      "install ok installed",
      "inactive",
      "1",
      `ls: cannot access ${absent}`,
    ]);
  } finally {
    expect(await machine.stop()).toEqual([]);
  }
});
