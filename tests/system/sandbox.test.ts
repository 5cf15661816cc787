// Throw-away hosts on this machine: they behave like hosts, and however they end, nothing of them is left.
import { readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { sh } from "../../remote/sh.ts";
import { connect } from "../../remote/ssh.ts";
import { run } from "../../sandbox/command.ts";
import { letThrough } from "../../sandbox/firewall.ts";
import { bootGuest, type Guest } from "../../sandbox/guest.ts";
import { leftovers } from "../../sandbox/leftovers.ts";
import { canRehearse } from "../../sandbox/requirements.ts";
import { listRuns, removeKept, sweep } from "../../sandbox/runs.ts";
import { forwarding, startVictim } from "./sandbox-victim-rig.ts";

const verdict = await canRehearse();

/** undefined: somebody else's rehearsal runs beside us, so forwarding is not ours to judge. */
const forwardingIfAlone = (): string | undefined => (listRuns().length === 0 ? forwarding() : undefined);
let before: string | undefined;
beforeEach(() => {
  before = forwardingIfAlone();
});
afterAll(() => sweep());

async function nothingIsLeft(): Promise<void> {
  expect(await leftovers()).toEqual([]);
  if (before !== undefined) expect([before, undefined]).toContain(forwardingIfAlone());
}

const inside = async (guest: Guest, script: string): Promise<string> => {
  const { stdout, stderr, exitCode } = await guest.exec(["sh", "-c", script]);
  expect(`${exitCode} ${stderr}`).toBe("0 ");
  return stdout.trim();
};

describe.runIf(verdict.ok)("a throw-away host", () => {
  test("two side by side behave like hosts of their release", async () => {
    const guests = await Promise.all([
      bootGuest({ release: "trixie" }),
      bootGuest({ release: "bookworm", sshPort: 2222 }),
    ]);
    try {
      const [trixie, bookworm] = guests;
      expect(new Set(guests.flatMap(({ name, address, gateway }) => [name, address, gateway])).size).toBe(6);
      expect(await inside(trixie, ". /etc/os-release; echo $VERSION_ID $(hostname)")).toBe(`13 ${trixie.name}`);
      expect(await inside(bookworm, ". /etc/os-release; echo $VERSION_ID $(hostname)")).toBe(`12 ${bookworm.name}`);
      const ids = await Promise.all(guests.map((guest) => inside(guest, "cat /etc/machine-id")));
      expect(new Set(ids).size).toBe(2);
      for (const guest of guests) {
        expect(await inside(guest, "systemctl is-system-running --wait; systemctl --failed --no-legend")).toBe(
          "running",
        );
        expect(await inside(guest, "cat /etc/bednet-rehearsal")).toMatch(/rehearsal/);
        expect(statSync(guest.privateKeyFile).mode & 0o777).toBe(0o600);
        await inside(guest, "sysctl -qw net.core.somaxconn=4000"); // its network is its own
        expect(await runsByUnit(guest)).toBe("yes");
      }
      // A service of one must not be a service of the other: their systemd trees are apart.
      await inside(trixie, "systemctl stop cron");
      expect(await inside(bookworm, "systemctl is-active cron")).toBe("active");
    } finally {
      for (const guest of guests) expect(await guest.stop()).toEqual([]);
    }
    await nothingIsLeft();
  });

  const runsByUnit = (guest: Guest): Promise<string> =>
    inside(
      guest,
      "systemd-run -q --wait --pipe -p ProtectSystem=strict -p PrivateTmp=yes -p LimitNOFILE=64:80 echo yes",
    );

  test("SSH takes our key and shows the pinned one; apt installs through NAT; a packet filter works", async () => {
    const guest = await bootGuest({ release: "trixie", sshPort: 2222 });
    try {
      const host = await connect({
        address: guest.address,
        port: 2222,
        user: "root",
        pin: guest.hostKey.fingerprint,
        login: [{ privateKey: readFileSync(guest.privateKeyFile, "utf8") }],
      });
      const { stdout, stderr, exitCode } = await host.run(sh`apt-get install -qqy nftables >/dev/null 2>&1
        nft add table inet bednet && nft list tables`);
      await host.close();
      expect([exitCode, stdout.trim(), stderr]).toEqual([0, "table inet bednet", ""]);
    } finally {
      await guest.stop();
    }
    await nothingIsLeft();
  });

  test("a prepared root boots as prepared", async () => {
    const prepare = (root: string): Promise<void> => writeFile(join(root, "etc/prepared"), "yes");
    const guest = await bootGuest({ release: "trixie", prepare });
    expect(await inside(guest, "cat /etc/prepared").finally(guest.stop)).toBe("yes");
    await nothingIsLeft();
  });

  test("a firewall that drops what it does not know lets the run through, and is as before afterwards", async () => {
    const guest = await bootGuest({ release: "trixie" });
    const uplink = guest.name.replace("-", "");
    const table = "test_firewall";
    const rules = `table inet ${table} {
      chain forward {
        type filter hook forward priority 10
        iifname "${uplink}" drop
      }
    }`;
    const asks = () =>
      guest.exec(["sh", "-c", "timeout 2 getent ahostsv4 deb.debian.org >/dev/null && echo yes || echo no"]);
    try {
      expect((await asks()).stdout.trim()).toBe("yes");
      await run(["nft", "-f", "-"], { stdin: rules });
      expect((await asks()).stdout.trim()).toBe("no");
      await letThrough({ name: guest.name, number: Number(guest.name.slice(7)), folder: guest.folder });
      expect((await asks()).stdout.trim()).toBe("yes");
      expect(await guest.stop()).toEqual([]);
      expect(await run(["nft", "list", "table", "inet", table])).not.toContain("accept comment");
      expect(await run(["nft", "list", "table", "inet", table])).toContain(`iifname "${uplink}" drop`);
    } finally {
      await guest.stop();
      await run(["nft", "delete", "table", "inet", table]);
    }
    await nothingIsLeft();
  });
});

describe.runIf(verdict.ok)("nothing is left", () => {
  test("after a failure in mid-boot", async () => {
    const victim = startVictim(["trixie", "throw"]);
    await victim.hears(/ended: thrown on purpose/);
    expect(await victim.ended).toBe(1);
    await nothingIsLeft();
  });

  test("after process.exit in the middle", async () => {
    const victim = startVictim(["trixie", "exit"]);
    await victim.hears(/up /);
    expect(await victim.ended).toBe(7);
    await nothingIsLeft();
  });

  // The boot takes half a second: the pauses spread the signal over it.
  test.each([0, 100, 200, 300, 400, 600])("after Ctrl-C %i ms into the boot", async (pauseMs) => {
    const victim = startVictim(["trixie"]);
    await victim.hears(/booting/);
    await new Promise((done) => setTimeout(done, pauseMs));
    victim.signal("SIGINT");
    expect(await victim.ended).toBe(130);
    expect(victim.said()).toContain("ended: Error: SIGINT");
    expect(victim.said()).not.toContain("left: ");
    await nothingIsLeft();
  });

  test("after Ctrl-C while apt runs in the guest", async () => {
    const victim = startVictim(["bookworm", "apt"]);
    await victim.hears(/apt begins/);
    await new Promise((done) => setTimeout(done, 1_500));
    victim.signal("SIGINT");
    expect(await victim.ended).toBe(130);
    expect(victim.said()).not.toContain("apt ended");
    await nothingIsLeft();
  });

  test.each(["booting", "up"])("after kill -9 when it said %s, once the next run has swept", async (word) => {
    const victim = startVictim(["trixie"]);
    await victim.hears(new RegExp(word));
    victim.signal("SIGKILL");
    expect(await victim.ended).toBe(null);
    expect(await leftovers()).toContainEqual(expect.stringMatching(/^run folder of bednet-/)); // the control: there was something to sweep
    const progress: string[] = [];
    const guest = await bootGuest({ release: "trixie", onProgress: (text) => progress.push(text) });
    expect(progress).toContainEqual(expect.stringMatching(/^removing bednet-\d+, left by a run that was killed$/));
    await guest.stop();
    await nothingIsLeft();
  });

  test("a kept host outlives its process and a sweep, and goes when it is removed", async () => {
    const victim = startVictim(["trixie", "keep"]);
    const [, name, address, key] = await victim.hears(/up (\S+) (\S+) (\S+)/);
    expect(await victim.ended).toBe(0);
    expect(await sweep()).toEqual([]);
    expect(listRuns().find((other) => other.name === name)?.state).toBe("kept");
    const ssh = [
      "ssh",
      "-i",
      key!,
      "-o",
      "BatchMode=yes",
      "-o",
      "StrictHostKeyChecking=no",
      "-o",
      "UserKnownHostsFile=/dev/null",
    ];
    expect(await run([...(ssh as ["ssh"]), "-o", "LogLevel=ERROR", `root@${address}`, "cat /etc/hostname"])).toBe(
      `${name}\n`,
    );
    await removeKept(name!);
    await nothingIsLeft();
    await expect(removeKept(name!)).rejects.toThrow(`there is no kept rehearsal host ${name}`);
  });

  test("removing does not touch a host that is in use", async () => {
    const guest = await bootGuest({ release: "trixie" });
    await expect(removeKept(guest.name)).rejects.toThrow(`${guest.name} belongs to a rehearsal that is still running`);
    expect(await inside(guest, "echo alive").finally(guest.stop)).toBe("alive");
    await nothingIsLeft();
  });
});
