// No setting of a host is forgotten when a change is judged: each one, changed alone, is told under its own name.
import { expect, test } from "vitest";
import { Host } from "../../../fleet/host-schema.ts";
import { parseFleet } from "../../../fleet/load.ts";
import type { Fleet } from "../../../fleet/schema.ts";
import { type StackEffect, stackChanges } from "../../../stacks/effects.ts";

const fleetWith = (host: object): Fleet =>
  parseFleet({
    yaml: JSON.stringify({
      name: "prod",
      broker: { domain: "mqtt.example.com", tls: { issuer: "letsencrypt" } },
      capacity: { devices: 20 },
      host,
    }),
    ...{ yamlFile: "fleet.yaml", csv: undefined, csvFile: "devices.csv" },
  });
const hosts = {
  digitalocean: { provider: "digitalocean", region: "fra1", adminCidrs: ["203.0.113.7/32"] },
  existing: { provider: "existing", address: "203.0.113.20", adminCidrs: ["203.0.113.7/32"] },
};
const others: Record<string, Record<string, readonly [value: unknown, StackEffect]>> = {
  digitalocean: {
    region: ["ams3", "replace"],
    size: ["s-8vcpu-16gb", "restart"],
    image: ["debian-12-x64", "none"],
    adminCidrs: [["203.0.113.8/32"], "none"],
    sshKeys: [["other.pub"], "none"],
    backups: [true, "none"],
    ipv6: [true, "none"],
    project: ["farms", "none"],
  },
  existing: {
    address: ["203.0.113.21", "replace"],
    user: ["ana", "none"],
    port: [2222, "none"],
    adminCidrs: [["203.0.113.8/32"], "none"],
  },
};
const cases = Host.options.flatMap(({ shape }) => {
  const provider = shape.provider.value;
  return Object.keys(shape).flatMap((setting) => (setting === "provider" ? [] : [[provider, setting] as const]));
});

test.each(cases)("%s: %s", (provider, setting) => {
  const [value, effect] = others[provider]![setting]!;
  const before = { fleet: fleetWith(hosts[provider]), size: "s-1vcpu-1gb" };
  const fleet = fleetWith({ ...hosts[provider], [setting]: value });
  const size = setting === "size" ? String(value) : before.size;
  const changes = stackChanges(before, { fleet, size });
  expect(changes.map((change) => [change.setting, change.effect])).toEqual([[`host.${setting}`, effect]]);
});

test("another kind of host, and nothing at all", () => {
  const size = "s-1vcpu-1gb";
  const [droplet, existing] = [fleetWith(hosts.digitalocean), fleetWith(hosts.existing)];
  expect(stackChanges({ fleet: droplet, size }, { fleet: droplet, size })).toEqual([]);
  expect(stackChanges({ fleet: droplet, size }, { fleet: existing, size })).toMatchObject([
    { setting: "host.provider", before: "digitalocean", after: "existing", effect: "replace" },
  ]);
});
