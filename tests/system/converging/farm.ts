// Changes to a rig's farm, and what its host and broker say of themselves.
import { once } from "node:events";
import tls from "node:tls";
import { expect } from "vitest";
import type { Fleet } from "../../../fleet/schema.ts";
import type { ConvergeOptions } from "../../../provisioning/converge.ts";
import type { Bundle } from "../../../templates/bundle.ts";
import type { HostRig } from "../rig.ts";

export const addDevice = (rig: HostRig, id: string) =>
  rig.change((fleet) => ({ ...fleet, devices: [...fleet.devices, { id, class: "soil-sensor" }] }));

export const removeDevice = (rig: HostRig, id: string) =>
  rig.change((fleet) => ({ ...fleet, devices: fleet.devices.filter((device) => device.id !== id) }));

/** Another limit of descriptors, and so a restart. */
export const planFor = (rig: HostRig, devices: number) =>
  rig.change((fleet) => ({ ...fleet, capacity: { ...fleet.capacity, devices } }));

export const withKeyType = (rig: HostRig, keyType: "ecdsa" | "rsa") =>
  rig.change((fleet) => ({ ...fleet, broker: { ...fleet.broker, tls: { ...fleet.broker.tls, keyType } } }) as Fleet);

export const brokerPid = (rig: HostRig) => rig.inside("systemctl show -p MainPID --value mosquitto.service");

/** Commands that sshd started meanwhile: the only count of trips that counts. */
export async function trips(rig: HostRig, act: () => Promise<unknown>): Promise<number> {
  const before = await rig.sessions();
  await act();
  return (await rig.sessions()) - before;
}

/** The bundle with one file broken on purpose. */
export function broken(
  rig: HostRig,
  end: string,
  edit: (content: string) => string,
): Pick<ConvergeOptions, "bundleFor"> {
  const { bundleFor } = rig.options();
  return {
    bundleFor: (observed) => {
      const bundle = bundleFor(observed);
      const files = bundle.files.map((file) =>
        file.path.endsWith(end) ? { ...file, content: edit(file.content) } : file,
      );
      return { ...bundle, files, at: (path) => files.find((file) => file.path === path)! } satisfies Bundle;
    },
  };
}

/** A bundle whose access list is good on trial; the test removes it before the broker itself reads it, and then nothing is denied. */
export async function fleetingAccessList(rig: HostRig): Promise<Pick<ConvergeOptions, "bundleFor">> {
  const file = "/etc/mosquitto/acl.fleeting";
  await rig.inside(`cp /etc/mosquitto/bednet/acl ${file}; chown mosquitto: ${file}`);
  return broken(rig, "globals.conf", (text) => text.replace(/^acl_file .*$/m, `acl_file ${file}`));
}

/** Contents, owners and modes of everything that converge writes. */
export const fingerprint = (rig: HostRig) =>
  rig.inside(
    `find /etc /usr/local /var/lib/bednet/in-force /var/lib/bednet/previous -type f ! -path '/etc/letsencrypt/*' 2>/dev/null | sort |
      while read -r f; do stat -c '%n %U:%G %a' "$f"; sha256sum <"$f"; done`,
  );

/** Every file is as it was before or as it is after: never half of it, never another owner for a moment. */
export function expectOldOrNew(before: string, between: string, after: string): void {
  const files = (text: string) =>
    new Map([...text.matchAll(/^(\S+) (.*\n.*)$/gm)].map(([, path, state]) => [path!, state!]));
  const [old, next] = [files(before), files(after)];
  // What lies beside its place is nobody's yet.
  const inPlace = [...files(between)].filter(([path]) => !path.includes("/.bednet."));
  for (const [path, state] of inPlace) expect([old.get(path), next.get(path)], path).toContain(state);
}

/** The daily rotation's reload, which takes whatever is on the disk. */
export async function rotateLogs(rig: HostRig): Promise<void> {
  // The broker opens its log anew in a reload and at no other time.
  const log = () =>
    rig.inside(`pid=$(systemctl show -p MainPID --value mosquitto.service)
      for f in /proc/$pid/fd/*; do case $(readlink "$f") in /var/log/mosquitto/*) stat -L -c %i "$f" ;; esac; done`);
  const before = await log();
  await rig.inside("logrotate -f /etc/logrotate.d/mosquitto");
  await expect.poll(log, { timeout: 10_000 }).not.toBe(before);
}

/** Denial proven from outside. */
export async function expectDenial(rig: HostRig): Promise<void> {
  const { findings } = await rig.verify(
    "anonymous-access",
    "wrong-password",
    "publish-denied",
    "subscribe-denied",
    "sys-hidden",
  );
  expect(findings.map(({ check, verdict }) => `${check.id} ${verdict.outcome}`)).toEqual([
    "anonymous-access pass",
    "wrong-password pass",
    "publish-denied pass",
    "subscribe-denied pass",
    "sys-hidden pass",
  ]);
}

/** Where every run must end, whatever happened on the way: nothing to do, nothing lying about, denial from outside. */
export async function expectSettled(rig: HostRig): Promise<void> {
  expect(await rig.converge()).toMatchObject({ changed: [], trips: 1 });
  expect(
    await rig.inside(
      "find /etc /usr/local /var/lib/bednet -name '.bednet.*' -o -name 'pending*'; ls -d /run/bednet/incoming.* /run/bednet/candidate 2>/dev/null || true",
    ),
  ).toBe("");
  expect(await rig.inside("systemctl list-units --plain --no-legend 'bednet-*' | awk '{ print $1 }'")).toBe(
    "bednet-firewall.service\n",
  );
  await expectDenial(rig);
}

export async function served(rig: HostRig): Promise<{ serial: string; keyType: "ecdsa" | "rsa" }> {
  const { fleet, trust: ca } = rig.site();
  const socket = tls.connect({ host: rig.guest.address, port: 8883, servername: fleet.broker.domain, ca });
  await once(socket, "secureConnect");
  const { serialNumber, asn1Curve } = socket.getPeerCertificate();
  socket.destroy();
  return { serial: serialNumber, keyType: asn1Curve === undefined ? "rsa" : "ecdsa" };
}
