// A host that cannot be reached, trusted or used: said as it is, and nothing is changed there.
import { expect } from "vitest";
import { type ConvergeOptions, converge } from "../../../provisioning/converge.ts";
import { fingerprintOfLine } from "../../../remote/host-key.ts";
import { connect, type SshTarget, UnknownHostKey } from "../../../remote/ssh.ts";
import type { OnBoth } from "../on-both.ts";
import type { HostRig } from "../rig.ts";

const somebodyElses = `SHA256:${"A".repeat(43)}` as const;
const logins = (rig: HostRig) =>
  rig.inside("journalctl --sync; journalctl -o cat | grep -c 'Accepted publickey' || true");

/** What apt installed, and every file that a converge could have written. */
const state = (rig: HostRig) =>
  rig.inside(`find /etc /usr/local /var/lib -type f ! -path '/var/lib/apt/*' ! -path '/var/lib/systemd/*' \
    ! -path '/var/lib/bednet/*' ! -path /etc/resolv.conf | sort | xargs sha256sum; dpkg-query -W`);

export async function convergeAs(rig: HostRig, user: string, overrides: Partial<ConvergeOptions> = {}) {
  const ssh: SshTarget = { ...rig.ssh, user };
  const host = await connect(ssh);
  const options = rig.options({ connectAgain: () => connect(ssh), ...overrides });
  return converge(host, options).finally(() => host.close());
}

export const addUser = (rig: HostRig, name: string) =>
  rig.inside(`useradd --create-home --shell /bin/bash ${name}
    install -d -o ${name} -g ${name} -m 700 /home/${name}/.ssh
    install -o ${name} -g ${name} -m 600 /root/.ssh/authorized_keys /home/${name}/.ssh/authorized_keys`);

export function testStrangers(on: OnBoth): void {
  on("a host that nobody knows stops with its fingerprint, and a wrong one is never logged in to", async (rig) => {
    const before = await logins(rig);
    const where = `root@${rig.guest.address}:22`;
    const seen = fingerprintOfLine(rig.guest.hostKey.line);
    const unknown = await connect({ ...rig.ssh, pin: undefined }).catch((error: unknown) => error);
    expect(unknown).toBeInstanceOf(UnknownHostKey);
    expect(unknown).toMatchObject({
      ...{ seen, exitCode: 1, message: `${where} is not known yet; it shows the host key ${seen}` },
    });
    await expect(connect({ ...rig.ssh, pin: somebodyElses })).rejects.toMatchObject({
      ...{ exitCode: 1, message: `${where} shows the host key ${seen}, but ${somebodyElses} is pinned` },
    });
    expect(await logins(rig)).toBe(before);
  });

  on("a login without sudo, a refused key and a port where nobody listens are told apart", async (rig) => {
    await addUser(rig, "guest");
    const { address } = rig.guest;
    await expect(convergeAs(rig, "guest")).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^\S+: could not look at the host: exit code 1:\n {2}sudo: .*password/),
      fix: "Let guest run everything by sudo without a password, or log in as root; nothing was changed.",
    });
    await expect(connect({ ...rig.ssh, user: "nobody" })).rejects.toMatchObject({
      ...{ exitCode: 1, message: `nobody@${address}:22: the host refused the private key` },
    });
    await expect(connect({ ...rig.ssh, port: 2 })).rejects.toMatchObject({
      ...{ exitCode: 2, message: expect.stringMatching(/^root@\S+:2: no SSH connection: .*ECONNREFUSED/) },
    });
  });

  on("without a network apt says so, and nothing is installed", async (rig) => {
    const before = await state(rig);
    // Without its patience of a minute.
    await rig.inside(`echo 'Acquire::Retries "0";' >/etc/apt/apt.conf.d/rig; mkdir /run/debs; mv /var/cache/apt/archives/*.deb /run/debs/
      cp /etc/resolv.conf /run/resolv.conf; echo nameserver 127.0.0.1 >/etc/resolv.conf`);
    try {
      await expect(rig.converge()).rejects.toMatchObject({
        exitCode: 1,
        message: expect.stringMatching(
          /step packages failed with exit code 1\n(?: {2}.*\n)* {2}E: Failed to fetch .*\n(?: {2}.*\n)* {2}apt-get could not install mosquitto mosquitto-clients certbot nftables/,
        ),
      });
    } finally {
      await rig.inside(
        "rm /etc/apt/apt.conf.d/rig; cat /run/resolv.conf >/etc/resolv.conf; mv /run/debs/* /var/cache/apt/archives/",
      );
    }
    expect(await state(rig)).toBe(before);
  });
}
