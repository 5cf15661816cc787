// bednet deploy and drift on a droplet that boots: what is told before, who is dropped, what is found and put right.
import { setTimeout as sleep } from "node:timers/promises";
import type { MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watchArguments } from "../converging/arguments.ts";
import { type DeployRig, DOMAIN, missingProvider, startDeployRig, ZONE } from "./deploy-rig.ts";
import { textsOf } from "./secrets.ts";

const missing = await missingProvider();

describe.skipIf(missing !== undefined)("with the real provider", () => {
  let rig: DeployRig;
  beforeAll(async () => {
    rig = await startDeployRig();
  });
  afterAll(() => rig?.stop());

  const done = { exitCode: 0 };
  const deploy = (folder?: string) => rig.bednet(["deploy", "--auto-approve"], folder);
  const drift = (folder?: string) => rig.bednet(["drift"], folder);
  const clean = { exitCode: 0, stdout: "No drift: cloud and host are what fleet.yaml says.\n" };
  const brokerPid = () => rig.inside("systemctl show -p MainPID --value mosquitto.service");

  test("first deploy: created, converged, verified, and told what it costs", async () => {
    const watched = watchArguments();
    const ran = await deploy();
    const seen = await watched.stop();
    expect(ran).toMatchObject(done);
    expect(ran.stdout).toContain("Runs     preflight, before-address, after-address\n");
    expect(ran.stdout).toMatch(/^Cost {5}\$\d+\.00 a month, nothing so far$/m);
    expect(ran.stdout).toMatch(/: 14 passed/);
    expect(await drift()).toMatchObject(clean);
    // The control: what ran inside the guest was among those seen.
    expect(seen.filter((line) => line.includes("certbot"))).not.toEqual([]);
  });

  test("again, there is nothing to change, and it verifies all the same", async () => {
    const pid = await brokerPid();
    const ran = await deploy();
    expect(ran).toMatchObject(done);
    expect(ran.stdout).toMatch(/^Nothing to change\.\n[\s\S]*14 passed/);
    expect(await brokerPid()).toBe(pid);
  });

  const crowd = ["soil-north-1", "soil-north-2", "valve-south"];
  async function connected<T>(work: (lost: readonly string[]) => Promise<T>): Promise<T> {
    const lost: string[] = [];
    const clients: MqttClient[] = [];
    for (const name of crowd) {
      const client = await rig.login(name);
      client.on("close", () => lost.push(name));
      clients.push(client);
    }
    const result = await work(lost);
    await Promise.all(clients.map((client) => client.endAsync(true)));
    return result;
  }

  test("one device row more: a reload, and nobody is dropped", async () => {
    await rig.devices((text) => `${text}soil-west-1,soil-sensor\n`);
    await connected(async (lost) => {
      const ran = await deploy();
      expect(ran).toMatchObject(done);
      expect(ran.stdout).toContain("Clients  reload: 0 of 3 connected clients are dropped\n");
      expect(lost).toEqual([]);
    });
    await (await rig.login("soil-west-1")).endAsync();
  });

  /** What apt says is installed; no second version can be had from one release of Debian. */
  const mosquitto = {
    version: () => rig.inside("dpkg-query -s mosquitto | sed -n 's/^Version: //p' | tr -d '\\n'"),
    become: (version: string) =>
      rig.inside(`sed -i '/^Package: mosquitto$/,/^$/s/^Version: .*/Version: ${version}/' /var/lib/dpkg/status`),
  };
  let newVersion: string;

  const capacity = (devices: number) => (text: string) => {
    const fleet = JSON.parse(text);
    return JSON.stringify({ ...fleet, capacity: { ...fleet.capacity, devices } });
  };

  test("another limit of connections: a restart, with the number that it drops", async () => {
    await rig.fleet(capacity(40));
    newVersion = await mosquitto.version();
    await mosquitto.become("2.0.11-1.2+deb12u2");
    await connected(async (lost) => {
      const ran = await deploy();
      expect(ran).toMatchObject(done);
      expect(ran.stdout).toContain("Clients  restart: 3 connected clients are dropped\n");
      await sleep(500);
      expect([...lost].sort()).toEqual(crowd);
    });
  });

  test("passwords edited and mosquitto upgraded on the host, where Terraform sees nothing: found, named, put right", async () => {
    expect(await drift()).toMatchObject(clean);
    await mosquitto.become(newVersion);
    await rig.inside("sed -i /^soil-north-1:/d /etc/mosquitto/bednet/passwd");
    const found = await drift();
    expect(found).toMatchObject({ exitCode: 1 });
    expect(found.stdout).not.toContain("Cloud\n");
    expect(found.stdout).toContain("  broker: /etc/mosquitto/bednet/passwd is up to date\n");
    expect(found.stdout).toContain("  broker: /etc/systemd/system/mosquitto.service.d/bednet.conf is up to date\n");
    expect(await drift()).toMatchObject({ stdout: found.stdout });

    expect(await deploy()).toMatchObject(done);
    await (await rig.login("soil-north-1")).endAsync();
    expect(await drift()).toMatchObject(clean);
  });

  test("a record edited, the address taken away, and then given to somebody else's droplet", async () => {
    const droplet = rig.holder()!;
    const record = () => rig.api.cloud.domains[0]!.records.find(({ name }) => name === "mqtt")!;
    const edit = { type: "A", name: "mqtt", data: "192.0.2.9" };
    await rig.client.ask(`PUT /v2/domains/${ZONE}/records/${record().id}`, edit);
    await rig.client.act(`/v2/reserved_ips/${rig.address()}`, { type: "unassign" });
    const found = await drift();
    expect(found).toMatchObject({ exitCode: 1 });
    expect(found.stdout).toContain("change   digitalocean_record.a\n");
    expect(found.stdout).toContain("create   digitalocean_reserved_ip_assignment.assignment\n");
    expect(await deploy()).toMatchObject(done);
    expect([rig.holder(), record().data]).toEqual([droplet, rig.address()]);

    const other = await rig.client.createDroplet("somebody-elses");
    await rig.client.act(`/v2/reserved_ips/${rig.address()}`, { type: "assign", droplet_id: other });
    const foreign = await drift();
    expect(foreign).toMatchObject({ exitCode: 1 });
    expect(foreign.stdout).toContain("create   digitalocean_reserved_ip_assignment.assignment\n");
    expect(await deploy()).toMatchObject(done);
    expect(rig.holder()).toBe(droplet);
    await rig.client.ask(`DELETE /v2/droplets/${other}`);
    expect(await drift()).toMatchObject(clean);
  });

  test("an older checkout with a change of its own is refused by the host, and spoils nothing", async () => {
    const older = await rig.checkout();
    await rig.devices((text) => text.replace("valve-south,valve\n", ""));
    expect(await deploy()).toMatchObject(done);
    await rig.devices((text) => `${text}soil-old-1,soil-sensor\n`, older);
    const refused = await deploy(older);
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /^198\.\S+ runs lock serial 3, and this fleet\.lock \(serial 3\) would go back:\n {2}valve-south is revoked, and generation 1 comes back\nYour checkout is older than what was applied: pull/m,
    );
    expect(await drift()).toMatchObject(clean);

    // Without bednet's own look ahead: the stage asks the host, which says no.
    const bare = await rig.terraform(["apply", "-auto-approve", "-no-color"], older);
    expect(bare.exitCode).toBe(1);
    expect(bare.stdout).toContain("would go back:");
    expect(await deploy()).toMatchObject(done);
    expect(await drift()).toMatchObject(clean);
    await expect(rig.login("valve-south")).rejects.toMatchObject({ code: 135 });
  });

  test("the droplet deleted: built again at the same address", async () => {
    const [address, lost] = [rig.address(), rig.holder()!];
    await rig.client.ask(`DELETE /v2/droplets/${lost}`);
    await rig.api.cloud.quiet();
    const found = await drift();
    expect(found).toMatchObject({ exitCode: 1 });
    expect(found.stdout).toContain("create   digitalocean_droplet.droplet\n");
    expect(await deploy()).toMatchObject(done);
    expect([rig.address(), rig.holder() === lost, rig.api.cloud.droplets.length]).toEqual([address, false, 1]);
    expect(await drift()).toMatchObject(clean);
  });

  test("no secret was in the stack, a saved plan, a state or anything that was printed", async () => {
    expect(rig.leaks).toEqual([]);
    // The control: all of them were there to be looked at.
    const texts = await textsOf(rig.folder);
    for (const name of ["cdk.tf.json", "bednet.tfplan", "terraform.tfstate", "terraform.tfstate.backup"]) {
      expect(texts[name]).toContain(DOMAIN);
    }
  });

  test("destroyed, nothing is left but the zone, with what was in it", async () => {
    expect(await rig.bednet(["destroy", "--auto-approve"])).toMatchObject(done);
    const { keys, tags, droplets, reserved, domains, firewalls, projects, policies, checks } = rig.api.cloud;
    expect([keys, tags, droplets, reserved, firewalls, policies, checks].flat()).toEqual([]);
    expect(projects.map(({ isDefault }) => isDefault)).toEqual([true]);
    expect(domains.map(({ name, records }) => [name, records.map(({ type, name }) => `${type} ${name}`)])).toEqual([
      [ZONE, ["SOA @", "NS @", "NS @", "NS @", "A www"]],
    ]);
    expect([rig.api.cloud.gaps, rig.api.cloud.failures]).toEqual([[], []]);
  });
});
