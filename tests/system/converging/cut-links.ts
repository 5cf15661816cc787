// The SSH link goes away in the middle. The next run finds either the old state or the new one, and ends at the new one.
import { expect } from "vitest";
import { converge } from "../../../provisioning/converge.ts";
import type { Host } from "../../../remote/host.ts";
import { connect, type SshTarget } from "../../../remote/ssh.ts";
import { gatherCrowd } from "../crowd.ts";
import { bytesSent, cutLink, cutLinkAfter, mendLink, watchLink } from "../link.ts";
import type { OnBoth } from "../on-both.ts";
import type { HostRig } from "../rig.ts";
import { setTrap } from "../trap.ts";
import { addDevice, brokerPid, expectSettled, fingerprint } from "./farm.ts";

/** Gives up soon, so that a test need not wait. */
const impatient = (rig: HostRig): SshTarget => ({ ...rig.ssh, silenceMs: 1_500, connectDeadlineMs: 1_500 });

async function convergeOverLink(rig: HostRig): Promise<unknown> {
  const host = await connect(impatient(rig));
  return converge(host, rig.options()).finally(() => host.close());
}

/** What is applied at most is one device more; it has its password or it has not. */
const shares = [0.02, 0.3, 0.6, 0.85, 0.98];

export function testCutLinks(on: OnBoth): void {
  on(
    "the link is cut at any byte of what is sent: never a success, and the next run ends where it should",
    async (rig) => {
      const crowd = gatherCrowd(rig);
      await crowd.join("soil-north-1");
      const pid = await brokerPid(rig);
      await addDevice(rig, "soil-sent");
      await watchLink(rig);
      await convergeOverLink(rig);
      const whole = await bytesSent(rig);
      for (const [i, share] of shares.entries()) {
        await addDevice(rig, `soil-cut-${i}`);
        await cutLinkAfter(rig, Math.round(whole * share));
        const ending = await convergeOverLink(rig).catch((error: unknown) => error);
        await mendLink(rig);
        expect(ending, `cut at ${share}`).toMatchObject({ name: "Problem", exitCode: 2 });
        await rig.converge();
        expect(await crowd.attempt(`soil-cut-${i}`)).toBe("accepted");
      }
      expect(await crowd.answering()).toBe(1);
      expect(await brokerPid(rig)).toBe(pid);
      await crowd.disperse();
      await expectSettled(rig);
    },
  );

  on("an upload that ends too early, or arrives changed, is refused whole", async (rig) => {
    await addDevice(rig, "soil-torn");
    const before = await fingerprint(rig);
    const torn = [
      (all: Buffer) => all.subarray(0, -1),
      (all: Buffer) => Buffer.concat([all.subarray(0, -1), Buffer.of(0)]),
    ];
    for (const tear of torn) {
      const host = await connect(rig.ssh);
      const run: Host["run"] = (script, { stdin, ...options } = {}) =>
        host.run(script, { ...options, ...(stdin !== undefined && { stdin: tear(Buffer.from(stdin as Buffer)) }) });
      await expect(converge({ ...host, run }, rig.options()).finally(() => host.close())).rejects.toMatchObject({
        ...{ exitCode: 2, message: `${rig.guest.address}: the upload arrived incomplete` },
      });
    }
    expect(await fingerprint(rig)).toBe(before);
    await rig.converge();
    await expectSettled(rig);
  });

  on(
    "the link is cut between rename and reload: the host finishes by itself, and the next run waits for it",
    async (rig) => {
      await addDevice(rig, "soil-alone");
      const trap = await setTrap(rig, "^systemctl reload mosquitto", "hold");
      const ending = convergeOverLink(rig).catch((error: unknown) => error);
      await trap.sprung();
      await cutLink(rig);
      expect(await ending).toMatchObject({
        ...{ name: "Problem", exitCode: 2, message: `${rig.guest.address}: the connection dropped during step broker` },
      });
      await mendLink(rig);
      const next = rig.converge();
      // It must be seen waiting before the other one goes on.
      await expect.poll(() => rig.inside("pgrep -fc 'flock -s -o -w' || true")).toBe("1\n");
      await trap.release();
      expect(await next).toMatchObject({ changed: [], said: ["  another run is applying: waiting for it"] });
      await trap.remove();
      expect(await gatherCrowd(rig).attempt("soil-alone")).toBe("accepted");
      await expectSettled(rig);
    },
  );

  on("two converges at the same time both end well, one after the other", async (rig) => {
    await addDevice(rig, "soil-twice");
    const trap = await setTrap(rig, "^systemctl reload mosquitto", "hold");
    // Both have looked before either applies.
    const both = [rig.converge(), rig.converge()];
    await trap.sprung();
    await expect
      .poll(() => rig.inside("systemctl list-units --plain --no-legend 'bednet-apply-*' | wc -l"))
      .toBe("2\n");
    await trap.release();
    const ended = await Promise.all(both);
    await trap.remove();
    expect(ended.map(({ changed }) => changed.length).sort()).toEqual([0, 2]);
    const second = ended.find(({ changed }) => changed.length === 0)!;
    expect(second.said).toEqual([
      "  another run is applying: waiting for it",
      "another run changed the host in between: looking again",
    ]);
    await expectSettled(rig);
  });
}
