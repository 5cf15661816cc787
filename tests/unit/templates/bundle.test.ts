// What is in a bundle, which file a change lands in, and so what the change costs.
import { beforeAll, describe, expect, test } from "vitest";
import { type Lock, updateLock } from "../../../fleet/lock.ts";
import { supportedVersions } from "../../../fleet/mosquitto-versions.ts";
import type { Fleet } from "../../../fleet/schema.ts";
import { type Bundle, makeBundle, rolloutDigest, type Wanted } from "../../../templates/bundle.ts";
import { exampleFleet, exampleKey, wantedOf } from "../../example-bundle.ts";

let fleet: Fleet;
let lock: Lock;
let base: Wanted;
beforeAll(async () => {
  ({ fleet, lock } = await exampleFleet("small-farm"));
  base = wantedOf(fleet, lock);
});

const contents = ({ files }: Bundle) => new Map(files.map(({ path, content, mode }) => [path, `${mode} ${content}`]));

/** Base names of the files that differ, with what that costs. */
function changes(wanted: Wanted): string[] {
  const before = contents(makeBundle(base));
  const after = makeBundle(wanted);
  return after.files
    .filter(({ path, content, mode }) => before.get(path) !== `${mode} ${content}`)
    .map(({ path, effect }) => `${path.split("/").at(-1)}: ${effect}`);
}

const withFleet = (changed: Fleet): Wanted => wantedOf(changed, updateLock(changed, lock, exampleKey).lock);

describe("a change costs what its file costs", () => {
  test("nothing changed", () => expect(changes(base)).toEqual([]));

  test("a device is added: a reload", () => {
    const devices = [...fleet.devices, { id: "valve-3", class: "valve" }];
    expect(changes(withFleet({ ...fleet, devices }))).toEqual(["passwd: reload", "acl: reload", "fleet.lock: none"]);
  });

  test("a grant is added: a reload", () => {
    const people = { ...fleet.people, ana: { publish: ["farm/note"], subscribe: ["farm/#"] } };
    expect(changes(withFleet({ ...fleet, people }))).toEqual(["acl: reload"]);
  });

  test("a password is rotated: a reload", () => {
    const lines = lock.lines.map((line) =>
      line.name === "ana" ? { ...line, hash: `$7$101$${"A".repeat(16)}$${"B".repeat(86)}==` } : line,
    );
    expect(changes({ ...base, lock: { ...lock, lines } })).toEqual(["passwd: reload", "fleet.lock: none"]);
  });

  test("more devices: a restart, for the descriptors", () => {
    const changed = withFleet({ ...fleet, capacity: { ...fleet.capacity, devices: 200 } });
    expect(changes(changed)).toContain("bednet.conf: restart");
    expect(changes(changed)).not.toContain("passwd: reload");
  });

  test("another admin network: nothing", () => {
    const host = { ...fleet.host, adminCidrs: ["198.51.100.0/24", "2001:db8::/32"] };
    expect(changes(withFleet({ ...fleet, host }))).toEqual(["firewall.nft: none"]);
  });

  test("what a SIGHUP does not take is never called a reload", () => {
    const restart = makeBundle(base).at("/etc/mosquitto/conf.d/bednet-listeners.conf").content;
    const reload = makeBundle(base).at("/etc/mosquitto/conf.d/bednet-globals.conf").content;
    const needRestart = [
      "max_packet_size",
      "max_keepalive",
      "max_queued_messages",
      "max_queued_bytes",
      "max_inflight_messages",
      "set_tcp_nodelay",
      "retain_available",
      "listener",
    ];
    for (const directive of needRestart) {
      expect(restart).toMatch(new RegExp(`^${directive} `, "m"));
      expect(reload).not.toMatch(new RegExp(`^${directive} `, "m"));
    }
  });
});

describe("the limit", () => {
  const listeners = (version: string) =>
    makeBundle(wantedOf(fleet, lock, version)).at("/etc/mosquitto/conf.d/bednet-listeners.conf").content;
  const dropIn = (version: string) =>
    makeBundle(wantedOf(fleet, lock, version)).at("/etc/systemd/system/mosquitto.service.d/bednet.conf").content;
  const reload = (version: string) =>
    makeBundle(wantedOf(fleet, lock, version)).at("/usr/local/lib/bednet/reload").content;

  test.each(["2.0.11", "2.0.18", "2.0.21", "2.0.22"])(
    "%s: the descriptors are it, and a reload borrows some",
    (version) => {
      const { fileDescriptors, fileDescriptorsHard } = base.plan;
      expect(listeners(version)).not.toContain("max_connections");
      expect(dropIn(version)).toContain(`\nLimitNOFILE=${fileDescriptors.value}:${fileDescriptorsHard.value}\n`);
      expect(reload(version)).toContain("prlimit");
    },
  );

  test("2.1: max_connections is it, after each listener, and descriptors are no limit", () => {
    const { maxConnections, loopbackConnections, fileDescriptorsHard } = base.plan;
    expect(listeners("2.1.2")).toContain(`\nlistener 8883\nmax_connections ${maxConnections.value}\n`);
    expect(listeners("2.1.2")).toContain(`\nlistener 1883 127.0.0.1\nmax_connections ${loopbackConnections.value}\n`);
    const [, soft] = /^LimitNOFILE=(\d+):\1$/m.exec(dropIn("2.1.2"))!;
    expect(Number(soft)).toBeGreaterThan(fileDescriptorsHard.value + 1000);
    expect(reload("2.1.2")).not.toContain("prlimit");
  });

  test("the memory limit leaves the machine some of its own", () => {
    const facts = { ...base.facts, memoryBytes: 40_000_000 };
    expect(makeBundle({ ...base, facts }).at("/etc/systemd/system/mosquitto.service.d/bednet.conf").content).toContain(
      "\nMemoryMax=34000000\n",
    );
  });
});

describe("what is in it", () => {
  test("a revoked line opens nothing", () => {
    const lines = lock.lines.map((line) => (line.name === "ana" ? { ...line, state: "revoked" as const } : line));
    expect(makeBundle({ ...base, lock: { ...lock, lines } }).at("/etc/mosquitto/bednet/passwd").content).not.toContain(
      "\nana:",
    );
    expect(makeBundle(base).at("/etc/mosquitto/bednet/passwd").content).toContain("\nana:$7$101$");
  });

  test("hashes are secret, and readable by their owner alone", () => {
    const secret = makeBundle(base).files.filter((file) => file.secret);
    expect(secret.map(({ path, mode }) => `${path} ${mode}`)).toEqual([
      "/etc/mosquitto/bednet/passwd 0600",
      "/etc/bednet/fleet.lock 0600",
    ]);
    for (const file of makeBundle(base).files.filter((one) => !one.secret)) expect(file.content).not.toContain("$7$");
  });

  test("SSH is guarded on a host that was there, and left to the cloud on a droplet", () => {
    const nft = (firewall: "guard-ssh" | "cloud") =>
      makeBundle({ ...base, facts: { ...base.facts, firewall, sshPort: 2222 } }).at("/etc/bednet/firewall.nft").content;
    expect(nft("guard-ssh")).toContain("ip saddr @admins4 tcp dport 2222 accept");
    expect(nft("guard-ssh")).toContain("add element inet bednet admins4 { 203.0.113.7/32 }");
    expect(nft("cloud")).not.toMatch(/2222|203\.0\.113/);
  });

  test("the renewal timer learns of a CA of the ACME server's own, and of nothing else", () => {
    const paths = makeBundle({ ...base, acmeCaPem: "-----BEGIN CERTIFICATE-----\n" }).files.map(({ path }) => path);
    const own = ["/etc/bednet/acme-ca.pem", "/etc/systemd/system/certbot.service.d/bednet.conf"];
    expect(paths).toEqual(expect.arrayContaining(own));
    for (const path of own) expect(() => makeBundle(base).at(path)).toThrow(`the bundle holds no ${path}`);
  });

  test("a plan for another version is our own mistake", () => {
    const facts = { ...base.facts, mosquittoVersion: "2.1.2" };
    expect(() => makeBundle({ ...base, facts })).toThrow("the plan is for mosquitto 2.0.21, the host has 2.1.2");
  });

  test.each(supportedVersions)("%s: every path once, nothing but text with a last line break", (version) => {
    const { files } = makeBundle(wantedOf(fleet, lock, version));
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
    for (const { path, content } of files) {
      expect(content, path).toMatch(/[^\n]\n$/);
      expect(content, path).not.toMatch(/\{\{|undefined|NaN|\[object|[^\x20-\x7e\n]/);
    }
  });
});

describe("the rollout digest", () => {
  test("is the same for the same fleet, and another for each thing that reaches a host", () => {
    const is = rolloutDigest(fleet, lock);
    expect(is).toMatch(/^[0-9a-f]{64}$/);
    expect(rolloutDigest(structuredClone(fleet), structuredClone(lock))).toBe(is);
    const tls = fleet.broker.tls as Extract<Fleet["broker"]["tls"], { issuer: "letsencrypt" }>;
    const others = [
      rolloutDigest({ ...fleet, capacity: { ...fleet.capacity, devices: 200 } }, lock),
      rolloutDigest({ ...fleet, broker: { ...fleet.broker, domain: "mqtt.example.org" } }, lock),
      rolloutDigest({ ...fleet, broker: { ...fleet.broker, tls: { ...tls, keyType: "rsa" } } }, lock),
      rolloutDigest({ ...fleet, people: {} }, lock),
      rolloutDigest(fleet, { ...lock, serial: lock.serial + 1 }),
      rolloutDigest(fleet, lock, "another CA"),
    ];
    expect(new Set([is, ...others]).size).toBe(others.length + 1);
  });

  test("does not move for what no host reads", () => {
    const unread = {
      ...fleet,
      name: "other",
      monitoring: { alertAt: fleet.monitoring.alertAt },
      dns: { zone: "example.com" },
    };
    expect(rolloutDigest(unread, lock)).toBe(rolloutDigest(fleet, lock));
  });
});
