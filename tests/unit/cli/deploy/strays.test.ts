import { expect, test } from "vitest";
import { type Stray, sorted } from "../../../../cli/deploy/strays.ts";
import { parseState } from "../../../../stacks/terraform/state.ts";

const state = (...resources: object[]) => parseState(JSON.stringify({ version: 4, serial: 1, resources }));
const resource = (type: string, name: string, ...instances: object[]) => ({ mode: "managed", type, name, instances });
const preflight = resource("terraform_data", "preflight", { attributes: { id: "p" } });

const droplet = (id: string): Stray => ({
  ...{ says: `droplet ${id}`, id, type: "digitalocean_droplet", path: `/v2/droplets/${id}`, becomes: undefined },
});
const check = (id: string): Stray => ({
  ...{ says: `uptime check ${id}`, id, type: "digitalocean_uptime_check", path: `/v2/uptime/checks/${id}` },
  becomes: { address: "digitalocean_uptime_check.ping", importId: id },
});

test.each([
  [
    "what the state knows is none",
    [check("1")],
    [resource("digitalocean_uptime_check", "ping", { attributes: { id: "1" } })],
    [],
    [],
  ],
  ["what it lacks is taken in", [check("1")], [], ["1"], []],
  ["of two, one", [check("1"), check("2")], [], ["1"], ["2"]],
  [
    "what is there twice is too much",
    [check("2")],
    [resource("digitalocean_uptime_check", "ping", { attributes: { id: "1" } })],
    [],
    ["2"],
  ],
  ["a droplet is never taken in", [droplet("7")], [], [], ["7"]],
  [
    "a left-over of a replacement is known",
    [droplet("7")],
    [resource("digitalocean_droplet", "droplet", { deposed: "0000b1ce", attributes: { id: "7" } })],
    [],
    [],
  ],
])("%s", (_, found, resources, adoptable, orphans) => {
  const result = sorted(found, state(preflight, ...resources));
  expect([result.adoptable.map(({ id }) => id), result.orphans.map(({ id }) => id)]).toEqual([adoptable, orphans]);
});

test("an empty state takes nothing in: another one may know it", () => {
  expect(sorted([check("1"), droplet("7")], state())).toEqual({
    tainted: [],
    adoptable: [],
    orphans: [check("1"), droplet("7")],
  });
});

test("what an interrupted wait has left as failed is there all the same; a droplet is built anew", () => {
  const ping = resource("digitalocean_uptime_check", "ping", { status: "tainted", attributes: { id: "1" } });
  const failed = resource("digitalocean_droplet", "droplet", { status: "tainted", attributes: { id: "7" } });
  expect(sorted([check("1"), droplet("7")], state(ping, failed))).toEqual({
    tainted: ["digitalocean_uptime_check.ping"],
    adoptable: [],
    orphans: [],
  });
});
