// A bare host becomes a broker, and stays as it is when nothing is to do.
import { expect } from "vitest";
import type { OnBoth } from "../on-both.ts";
import { watchArguments } from "./arguments.ts";
import { brokerPid, trips } from "./farm.ts";

export function testBareHost(on: OnBoth): void {
  on(
    "a bare host becomes a broker that verify is content with, in six trips at most, and shows no secret",
    async (rig) => {
      const secrets = watchArguments();
      const password = rig.options().prover.password.reveal();
      const count = await trips(rig, async () => {
        expect(await rig.converge()).toMatchObject({ steps: 6, effect: "restart", dropped: 0 });
      });
      const seen = await secrets.stop();
      expect(count).toBeLessThanOrEqual(6);
      const { findings } = await rig.verify();
      expect(findings.filter(({ verdict }) => verdict.outcome !== "pass")).toEqual([]);

      // The control: processes of both guests were among those seen.
      expect(seen.filter((line) => line.includes("/run/bednet/candidate/mosquitto.conf"))).not.toEqual([]);
      expect(seen.filter((line) => line.includes(password) || line.includes("$7$"))).toEqual([]);
      const told = await rig.inside("cat /var/lib/bednet/apply.log; journalctl -o cat");
      expect(told).toContain("restarting the broker");
      expect(told).not.toContain(password);
      expect(told).not.toContain("$7$");
      await rig.inside(`! grep -rlF -e '${password}' /etc /var /run /root /tmp /usr/local 2>/dev/null`);
    },
  );

  on("a second converge changes nothing, in one trip", async (rig) => {
    await rig.inside("touch /run/marker");
    const pid = await brokerPid(rig);
    const count = await trips(rig, async () => {
      expect(await rig.converge()).toMatchObject({ changed: [], effect: "none", trips: 1, said: [] });
    });
    expect(count).toBe(1);
    const touched = "find /etc /usr /var/lib/bednet /var/lib/mosquitto /run/bednet -newer /run/marker";
    expect(await rig.inside(touched)).toBe("");
    expect(await brokerPid(rig)).toBe(pid);
    expect(await rig.preview()).toMatchObject({ changes: [], effect: "none" });
  });
}
