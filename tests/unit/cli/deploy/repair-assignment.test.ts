import { expect, test } from "vitest";
import { assignments, repairOf } from "../../../../cli/deploy/repair-assignment.ts";
import { parseState } from "../../../../stacks/terraform/state.ts";

const resource = (type: string, name: string, ...instances: object[]) => ({ mode: "managed", type, name, instances });
const address = resource("digitalocean_reserved_ip", "address", { attributes: { id: "203.0.113.9" } });
const droplets = resource(
  "digitalocean_droplet",
  "droplet",
  { attributes: { id: "2" } },
  { deposed: "0000b1ce", attributes: { id: "1" } },
);
const IT = "digitalocean_reserved_ip_assignment.assignment";
const assigned = (id: number, more: object = {}) =>
  resource("digitalocean_reserved_ip_assignment", "assignment", { attributes: { droplet_id: id }, ...more });
const state = (...resources: object[]) => parseState(JSON.stringify({ version: 4, serial: 1, resources }));

test.each([
  ["assigned and recorded", "2", assigned(2), { kind: "none" }],
  ["nobody holds the address: an apply assigns it", undefined, assigned(2), { kind: "none" }],
  ["another droplet holds it: an apply moves it", "1", assigned(1), { kind: "none" }],
  ["recorded as failed", "2", assigned(2, { status: "tainted" }), { kind: "untaint", address: IT }],
  ["not recorded", "2", undefined, { kind: "import", address: IT, id: "203.0.113.9,2", forgetsFirst: false }],
  [
    "recorded with the droplet before",
    "2",
    assigned(1),
    { kind: "import", address: IT, id: "203.0.113.9,2", forgetsFirst: true },
  ],
])("%s", (_, holder, assignment, repair) => {
  expect(repairOf(state(address, droplets, ...(assignment ? [assignment] : [])), holder)).toEqual(repair);
});

test("before the first deploy nothing is to be mended", () => {
  expect(repairOf(state(), undefined)).toEqual({ kind: "none" });
});

test.each([
  ["nobody", undefined],
  ["another droplet", "9"],
])("an IPv6 assignment that %s has is forgotten: the provider cannot read it", (_, holder) => {
  const [, v6] = assignments;
  const address6 = resource("digitalocean_reserved_ipv6", "address6", { attributes: { id: "2001:db8::9" } });
  const held = { attributes: { droplet_id: 2 } };
  const assigned6 = resource("digitalocean_reserved_ipv6_assignment", "assignment6", held);
  expect(repairOf(state(address6, droplets, assigned6), holder, v6)).toEqual({ kind: "forget", address: v6.address });
  expect(repairOf(state(address6, droplets, assigned6), "2", v6)).toEqual({ kind: "none" });
});
