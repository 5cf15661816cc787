// A host that others live on: refused with everything that would be cut, untouched; taken over once that is settled.
import { expect } from "vitest";
import type { Problem } from "../../fleet/problem.ts";
import { expectDenial } from "./converging/farm.ts";
import { addUser, convergeAs } from "./converging/strangers.ts";
import { onBothReleases } from "./on-both.ts";
import type { HostRig } from "./rig.ts";

const on = onBothReleases({ sshPort: 2222 });

/** Everything that a first converge could have touched. */
const state = (rig: HostRig) =>
  rig.inside(`find /etc /usr/local /var/lib/mosquitto -type f | sort | xargs sha256sum
    nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//'; dpkg-query -W
    systemctl show -p MainPID --value mosquitto.service nginx.service ssh.service
    ls -d /var/lib/bednet /run/bednet /etc/letsencrypt 2>/dev/null || true`);

on("nginx on 80, ufw, sshd on 2222 and a foreign mosquitto: refused with all of it, and untouched", async (rig) => {
  await rig.inside(`export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update && apt-get -qq -y install --no-install-recommends nginx-light ufw mosquitto >/dev/null 2>&1
    printf 'listener 1884\\nallow_anonymous true\\n' >/etc/mosquitto/conf.d/shop.conf
    echo '# ours' >>/etc/mosquitto/mosquitto.conf
    systemctl restart mosquitto.service
    { ufw allow 2222/tcp && ufw allow 8883,8884/tcp && ufw allow proto tcp from 10.0.0.0/8 to any port 80 && ufw --force enable; } >/dev/null`);
  const { guest } = rig;
  const before = await state(rig);

  const problem: Problem = await rig.converge({ adminCidrs: ["203.0.113.0/24"] }).then(
    () => expect.unreachable("it was not refused"),
    (error) => error,
  );
  expect(`${problem.message}\n${problem.fix}`).toBe(
    `${guest.address} is not bednet's alone; these 4 things would be cut or overwritten:
  you come from ${guest.gateway}, which host.adminCidrs (203.0.113.0/24) does not hold: SSH on port 2222 would be shut to you
    → add ${guest.gateway}/32 or your network to host.adminCidrs in fleet.yaml
  port 80 is held by nginx: certbot needs it to prove the domain, now and at every renewal
    → stop nginx for good (systemctl disable --now nginx), or give the broker a host of its own
  ufw is active and does not visibly allow 80/tcp from anywhere
    → ufw allow 80/tcp
  Mosquitto is configured by somebody else: /etc/mosquitto/conf.d/shop.conf, /etc/mosquitto/mosquitto.conf
    → run the command with --adopt: bednet moves these files aside and puts the distribution's mosquitto.conf in their place
Settle each of them and run the command again; nothing was changed.`,
  );
  expect(problem.exitCode).toBe(1);
  expect(await state(rig)).toBe(before);
});

on("once that is settled it is taken over by a user with sudo, after all who were there first", async (rig) => {
  await rig.inside("systemctl disable --now nginx 2>/dev/null; ufw allow 80/tcp >/dev/null");
  await addUser(rig, "ops");
  await rig.inside("echo 'ops ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/ops");
  await startCloudInit(rig);
  // One of the two locks of apt each.
  await holdLock(rig, rig.guest.release === "trixie" ? "/var/lib/apt/lists/lock" : "/var/lib/dpkg/lock-frontend");
  const said: string[] = [];
  const { effect } = await convergeAs(rig, "ops", {
    adopt: true,
    onProgress: (line) => {
      said.push(line);
      if (line.includes("cloud-init")) void rig.inside("sleep 0.5; touch /run/cloud-init.done");
      if (line.includes("another apt")) void rig.inside("sleep 0.5; systemctl stop other-apt");
    },
  });
  expect(said.slice(1, 4)).toEqual([
    "  waiting for cloud-init to finish its first boot",
    expect.stringMatching(/^ {2}installing( [a-z-]+)+$/),
    expect.stringMatching(/^ {2}waiting for another apt: Could not get lock \/var\/lib\/\S+\. It is held by .*perl/),
  ]);
  expect(effect).toBe("restart");
  expect(await rig.inside("cd /var/lib/bednet/adopted && find . -type f | sort")).toBe(
    "./etc/mosquitto/conf.d/shop.conf\n./etc/mosquitto/mosquitto.conf\n",
  );
  expect(await rig.inside("ss -Hltn 'sport = :1884' | wc -l")).toBe("0\n");
  expect(await rig.inside("nft list table inet bednet")).toContain("tcp dport 2222");
  expect(await rig.inside("ufw status | head -n 1")).toBe("Status: active\n");
  await expectDenial(rig);
  expect(await rig.converge()).toMatchObject({ changed: [], trips: 1 });
});

/** Guests are not made by cloud-init: this one says what the real one says, until a test ends it. */
const startCloudInit = (rig: HostRig) =>
  rig.inside(`cat >/usr/local/bin/cloud-init <<'SCRIPT'
#!/bin/sh
[ "$2" != --wait ] || until [ -e /run/cloud-init.done ]; do sleep 0.1; done
if [ -e /run/cloud-init.done ]; then echo 'status: done'; else echo 'status: running'; fi
SCRIPT
    chmod 755 /usr/local/bin/cloud-init`);

/** As apt and dpkg hold theirs: a lock of fcntl, which flock would not see. */
const holdLock = (rig: HostRig, file: string) =>
  rig.inside(`systemd-run --quiet --unit=other-apt perl -e '
      open F, ">>", $ARGV[0]; $l = pack("s s x4 q q i x4", 1, 0, 0, 0, 0); fcntl(F, 6, $l) or die; sleep 600' ${file}
    sleep 0.3`);
