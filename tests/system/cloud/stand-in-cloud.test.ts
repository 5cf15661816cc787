// A whole cloud on this machine: a certificate through the reserved address, and nothing left however it ends.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runAny } from "../../../sandbox/command.ts";
import { startRehearsalCloud } from "../../../sandbox/digitalocean/rehearsal-cloud.ts";
import { leftovers } from "../../../sandbox/leftovers.ts";
import { canRehearse } from "../../../sandbox/requirements.ts";
import { listRuns, sweep } from "../../../sandbox/runs.ts";
import { startVictim } from "../sandbox-victim-rig.ts";
import { cloudClient } from "./stand-in/client.ts";

const verdict = await canRehearse();

test.runIf(verdict.ok)(
  "Pebble validates a name of the zone through the reserved address, once it leads there",
  async () => {
    const cloud = await startRehearsalCloud({ account: { zones: { "example.com": {} } } });
    try {
      const { ask, act, createDroplet } = cloudClient(cloud.api);
      const id = await createDroplet("broker");
      const { ip } = (await ask("POST /v2/reserved_ips", { region: "fra1" })).reserved_ip;
      const record = { type: "A", name: "mqtt", data: ip, ttl: 300 };
      const { domain_record } = await ask("POST /v2/domains/example.com/records", record);
      await cloud.api.cloud.quiet();
      const guest = await cloud.hosts.guestOf(id)!;
      await writeFile(join(guest.root, "etc/acme-ca.pem"), cloud.acme.serverCaPem);
      await guest.exec(["apt-get", "update", "-qq"]);
      await guest.exec(["apt-get", "install", "-qqy", "certbot"]);
      const certbot = async (): Promise<number | null> => {
        const how = ["certonly", "--standalone", "-n", "--agree-tos", "--register-unsafely-without-email"];
        const where = ["--server", cloud.acme.directoryUrl, "-d", "mqtt.example.com"];
        const said = await guest.exec(["env", "REQUESTS_CA_BUNDLE=/etc/acme-ca.pem", "certbot", ...how, ...where]);
        return said.exitCode;
      };
      expect(await certbot()).toBe(1);
      await act(`/v2/reserved_ips/${ip}`, { type: "assign", droplet_id: id });
      expect(await certbot()).toBe(0);
      await ask(`DELETE /v2/domains/example.com/records/${domain_record.id}`);
      await cloud.api.cloud.quiet();
      await guest.exec(["rm", "-r", "/etc/letsencrypt"]);
      expect(await certbot()).toBe(1);
      expect([cloud.api.cloud.gaps, cloud.api.cloud.failures]).toEqual([[], []]);
    } finally {
      expect(await cloud.stop()).toEqual([]);
    }
    await nothingIsLeft(process.pid);
  },
);

async function nothingIsLeft(pid: number, ip?: string): Promise<void> {
  expect(listRuns().filter(({ record }) => record?.owner.pid === pid)).toEqual([]);
  expect(await leftovers()).toEqual([]);
  if (ip) expect((await runAny(["ip", "route", "show", `${ip}/32`])).stdout).toBe("");
}

const victim = (...args: string[]) => startVictim(args, {}, "cloud/stand-in/victim.ts");

test.runIf(verdict.ok).each([0, 300, 700])("nothing is left after Ctrl-C %i ms into a boot", async (pauseMs) => {
  const process = victim();
  await process.hears(/booting/);
  await new Promise((done) => setTimeout(done, pauseMs));
  process.signal("SIGINT");
  expect(await process.ended).toBe(130);
  expect(process.said()).not.toContain("left: ");
  await nothingIsLeft(process.process.pid!);
});

test.runIf(verdict.ok).each([
  ["SIGINT", 130],
  ["exit", 7],
] as const)("nothing is left after %s while an address leads to a droplet", async (how, exitCode) => {
  const process = victim(how);
  const [, ip] = await process.hears(/up (\S+)/);
  if (how === "SIGINT") process.signal(how);
  expect(await process.ended).toBe(exitCode);
  expect(process.said()).not.toContain("left: ");
  await nothingIsLeft(process.process.pid!, ip);
});

test.runIf(verdict.ok)("nothing is left after kill -9, once the next run has swept", async () => {
  const process = victim();
  const [, ip] = await process.hears(/up (\S+)/);
  process.signal("SIGKILL");
  expect(await process.ended).toBe(null);
  expect((await runAny(["ip", "route", "show", `${ip}/32`])).stdout).not.toBe(""); // the control: there is something to sweep
  expect(await sweep()).toEqual([]);
  await nothingIsLeft(process.process.pid!, ip);
});
