// A configuration that is wrong never reaches the broker, and leaves nothing that the next log rotation would load.
import { expect } from "vitest";
import type { Problem } from "../../../fleet/problem.ts";
import { gatherCrowd } from "../crowd.ts";
import type { OnBoth } from "../on-both.ts";
import type { HostRig } from "../rig.ts";
import { setTrap } from "../trap.ts";
import {
  addDevice,
  broken,
  brokerPid,
  expectDenial,
  expectSettled,
  fingerprint,
  fleetingAccessList,
  rotateLogs,
} from "./farm.ts";

const cases = [
  {
    what: "a bad line in the access list",
    file: "/bednet/acl",
    edit: (text: string) => `${text}user ana\ntopic rw farm/#\n`,
    says: `  Error: Invalid topic access type "rw" in acl_file "/etc/mosquitto/bednet/acl".
  Error opening acl file "/etc/mosquitto/bednet/acl".
  the new configuration was refused on trial: it does not start; the broker keeps the old one`,
  },
  {
    what: "a bad line in the password file",
    file: "/bednet/passwd",
    edit: (text: string) => text.replace(/^(soil-north-1:\$7\$101\$).*$/m, "$1short$short"),
    says: `  Error: Unable to decode password salt for user soil-north-1, removing entry.
  the new configuration was refused on trial: the broker complains about it; the broker keeps the old one`,
  },
  {
    what: "a wrong directive",
    file: "bednet-globals.conf",
    edit: (text: string) => `allow_anonimous false\n${text}`,
    says: `  Error: Unknown configuration variable "allow_anonimous".
  Error found at /etc/mosquitto/conf.d/bednet-globals.conf:1.
  Error found at /etc/mosquitto/mosquitto.conf:LINE.
  the new configuration was refused on trial: it does not start; the broker keeps the old one`,
  },
  {
    what: "a certificate with somebody else's key",
    file: "bednet-listeners.conf",
    edit: (text: string) => text.replace(/^keyfile .*$/m, "keyfile /etc/mosquitto/bednet/tls/other.pem"),
    says: `  Error: Unable to load server key file "/etc/mosquitto/bednet/tls/other.pem". Check keyfile.
  OpenSSL Error[0]: error:05800074:x509 certificate routines::key values mismatch
  the new configuration was refused on trial: it does not start; the broker keeps the old one`,
  },
  {
    what: "an access list that lets everybody say everything",
    file: "/bednet/acl",
    edit: (text: string) => `${text}user bednet-prover\ntopic readwrite #\n`,
    says: `  the new configuration was refused on trial: a publish that the grants deny was not denied; the broker keeps the old one`,
  },
];

export function testBrokenBundles(on: OnBoth): void {
  for (const { what, file, edit, says } of cases) {
    on(`${what} leaves the broker as it was, also after the next log rotation`, async (rig) => {
      await rig.inside(
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out /etc/mosquitto/bednet/tls/other.pem",
      );
      await expectUntouched(rig, async () => {
        const problem = await rig.converge(broken(rig, file, edit)).catch((error: Problem) => error);
        expect(problem).toMatchObject({ exitCode: 1 });
        expect((problem as Problem).message.replace(/(mosquitto.conf:)\d+/, "$1LINE")).toBe(
          `${rig.guest.address}: step broker failed with exit code 1\n${says}`,
        );
      });
      await rig.inside("rm /etc/mosquitto/bednet/tls/other.pem");
    });
  }

  on("a unit that fails only for the broker itself is taken back, and the old one proved again", async (rig) => {
    const files = await fingerprint(rig);
    const dropIn = broken(rig, "mosquitto.service.d/bednet.conf", (text) => `${text}ExecStartPre=/bin/false\n`);
    await expect(rig.converge(dropIn)).rejects.toThrow(
      "the new configuration was not taken: mosquitto.service did not restart; the previous one is in force, its passwords too",
    );
    expect(await fingerprint(rig)).toBe(files);
    await rotateLogs(rig);
    await expectSettled(rig);
  });

  on("an access list that vanishes before the reload is noticed, and the old one comes back", async (rig) => {
    const files = await fingerprint(rig);
    const globals = await fleetingAccessList(rig);
    const trap = await setTrap(rig, "^systemctl reload mosquitto", "hold");
    const converged = expect(rig.converge(globals)).rejects.toThrow(
      "the new configuration was not taken: a publish that the grants deny was not denied; the previous one is in force",
    );
    await trap.sprung();
    await rig.inside("rm /etc/mosquitto/acl.fleeting");
    await trap.release();
    await converged;
    await trap.remove();
    expect(await fingerprint(rig)).toBe(files);
    await rotateLogs(rig);
    await expectSettled(rig);
  });

  on("a full disk stops before the first rename, and says so", async (rig) => {
    const folder = "/etc/mosquitto/bednet";
    await rig.inside(`cp -a ${folder} /run/kept && mount -t tmpfs -o size=32k,mode=750 tmpfs ${folder} &&
      chown root:mosquitto ${folder} && cp -a /run/kept/. ${folder}/ && ! head -c 1M /dev/zero 2>/dev/null >${folder}/filler`);
    try {
      // Two files are to be written; the first one finds room.
      await rig.inside("echo '# edited' >>/etc/mosquitto/conf.d/bednet-globals.conf");
      await addDevice(rig, "one-too-many");
      const refused = () =>
        expect(rig.converge()).rejects.toMatchObject({
          exitCode: 1,
          message: expect.stringMatching(/No space left on device\n {2}could not write \S+\/passwd; it is as it was$/),
        });
      await expectUntouched(rig, refused, () => rig.inside("find /etc/mosquitto -type f | sort | xargs sha256sum"));
    } finally {
      await rig.inside(`umount ${folder}; rm -r /run/kept`);
    }
    await rig.converge();
    await expectSettled(rig);
  });
}

/** Same process, same files, same clients, same denials; also once the rotation has made the broker read them again. */
async function expectUntouched(rig: HostRig, act: () => Promise<void>, read = () => fingerprint(rig)): Promise<void> {
  const crowd = gatherCrowd(rig);
  await crowd.join("soil-north-1");
  const [pid, files] = [await brokerPid(rig), await read()];
  await act();
  expect(await read()).toBe(files);
  await rotateLogs(rig);
  await expectDenial(rig);
  expect(await brokerPid(rig)).toBe(pid);
  expect(await crowd.answering()).toBe(1);
  expect(crowd.lost).toEqual([]);
  await crowd.disperse();
}
