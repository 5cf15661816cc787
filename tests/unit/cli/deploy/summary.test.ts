import { expect, test } from "vitest";
import { type Ahead, changesNothing, summaryOf } from "../../../../cli/deploy/summary.ts";
import type { Action, ResourceChange } from "../../../../stacks/terraform/changes.ts";

const change = (address: string, action: Action, isDeposed = false): ResourceChange => {
  const [type = "", name = ""] = address.split(".");
  return { address, type, name, action, isDeposed, before: {}, after: {} };
};
const quiet: Ahead = {
  changes: [],
  host: { name: "203.0.113.20", changes: [], effect: "none", clients: 7 },
  cost: undefined,
};
const cost = { before: "7.00", after: "7.00" };

test("nothing to do", () => {
  expect(summaryOf(quiet)).toBe("Nothing to change.");
  expect(changesNothing(quiet)).toBe(true);
});

test("a first deploy: what is made, and what it costs", () => {
  const changes = [change("digitalocean_tag.fleet", "create"), change("terraform_data.preflight", "create")];
  const first: Ahead = { changes, host: undefined, cost: { before: undefined, after: "7.00" } };
  expect(changesNothing(first)).toBe(false);
  expect(summaryOf(first)).toBe(
    `Cloud
  create   digitalocean_tag.fleet
Runs     preflight
Cost     $7.00 a month, nothing so far`,
  );
});

test("one device more: reload, and nobody is dropped", () => {
  const host = {
    name: "203.0.113.20",
    changes: [{ step: "broker", says: "/etc/mosquitto/bednet/passwd is up to date" }],
    effect: "reload" as const,
    clients: 214,
  };
  expect(summaryOf({ changes: [change("terraform_data.converge", "replace")], host, cost: undefined })).toBe(
    `To be made true on host 203.0.113.20
  broker: /etc/mosquitto/bednet/passwd is up to date
Runs     converge
Clients  reload: 0 of 214 connected clients are dropped`,
  );
});

test.each([
  [214, "Clients  restart: 214 connected clients are dropped"],
  [1, "Clients  restart: 1 connected client is dropped"],
])("a restart says how many it drops: %d", (clients, line) => {
  const host = { name: "h", changes: [{ step: "broker", says: "x" }], effect: "restart" as const, clients };
  expect(summaryOf({ changes: [], host, cost }).split("\n").at(-1)).toBe(line);
});

test("a new droplet: what is replaced, what was left over, and who moves", () => {
  const changes = [
    change("digitalocean_droplet.droplet", "replace"),
    change("digitalocean_droplet.droplet", "delete", true),
  ];
  expect(summaryOf({ changes, host: { ...quiet.host!, clients: 3 }, cost })).toBe(
    `Cloud
  replace  digitalocean_droplet.droplet
  remove   digitalocean_droplet.droplet (left over from a replacement)
Clients  replace: 3 connected clients move to the new droplet when it has proved itself
Cost     $7.00 a month, as before`,
  );
});

test("a replacement that is gone on with moves them too; the stages stand in the order in which they run", () => {
  const stages = ["after_address", "before_address", "pins", "preflight"];
  const changes = [
    change("digitalocean_reserved_ip_assignment.assignment", "replace"),
    ...stages.map((name) => change(`terraform_data.${name}`, "replace")),
  ];
  expect(summaryOf({ changes, host: { ...quiet.host!, clients: 1 }, cost })).toBe(
    `Cloud
  replace  digitalocean_reserved_ip_assignment.assignment
Runs     preflight, before-address, after-address
Clients  replace: the one connected client moves to the new droplet when it has proved itself
Cost     $7.00 a month, as before`,
  );
});

test("another size switches the droplet off, whatever the host needs beside it", () => {
  const resize = {
    ...change("digitalocean_droplet.droplet", "update"),
    before: { size: "s-1vcpu-1gb" },
    after: { size: "s-2vcpu-4gb" },
  };
  const host = { ...quiet.host!, clients: 12 };
  expect(summaryOf({ changes: [resize], host, cost: { before: "7.00", after: "25.00" } })).toBe(
    `Cloud
  change   digitalocean_droplet.droplet
Clients  switched off and on with another size: 12 connected clients are dropped, for minutes
Cost     $25.00 a month, $7.00 so far`,
  );
});

test("what differs on the host is drift, although Terraform sees nothing", () => {
  const host = { ...quiet.host!, changes: [{ step: "broker", says: "x" }] };
  expect(changesNothing({ ...quiet, host })).toBe(false);
});
