import { expect, test } from "vitest";
import { giveUpReplacement } from "../../../../stacks/terraform/swap-deposed.ts";

const droplet = (id: string, more: object = {}) => ({ attributes: { id }, ...more });
const proved = (id: string, more: object = {}) => ({
  attributes: { id: `stage-${id}`, triggers_replace: { value: { droplet: id, digest: "d" } } },
  ...more,
});
const state = (droplets: object[], stages: object[]): string =>
  JSON.stringify({
    version: 4,
    serial: 7,
    resources: [
      { type: "digitalocean_droplet", name: "droplet", instances: droplets },
      { type: "terraform_data", name: "before_address", instances: stages },
      { type: "terraform_data", name: "after_address", instances: [proved("1")] },
    ],
  });
const deposed = { deposed: "0000b1ce" };

test("what serves becomes current, what failed is left over, twice failed too", () => {
  const stuck = state(
    [droplet("2"), droplet("1", deposed)],
    [proved("2", { status: "tainted" }), proved("1", deposed), proved("2", { deposed: "0000b1cf", status: "tainted" })],
  );
  const after = JSON.parse(giveUpReplacement(stuck, "1")!);
  expect(after.serial).toBe(8);
  expect(after.resources[0].instances).toEqual([droplet("1"), droplet("2", { deposed: "bed0e700" })]);
  expect(after.resources[1].instances).toEqual([
    proved("1"),
    proved("2", { status: "tainted", deposed: "bed0e700" }),
    proved("2", { deposed: "0000b1cf", status: "tainted" }),
  ]);
  expect(after.resources[2].instances).toEqual([proved("1")]);
});

test("a second attempt takes another key", () => {
  const stuck = state([droplet("3"), droplet("2", { deposed: "bed0e700" }), droplet("1", deposed)], []);
  const keys = JSON.parse(giveUpReplacement(stuck, "1")!).resources[0].instances.map(
    (one: typeof deposed) => one.deposed,
  );
  expect(keys).toEqual([undefined, "bed0e701", "bed0e700"]);
});

test.each([
  ["nothing is being replaced", [droplet("1")], "1"],
  ["the new one serves already", [droplet("2"), droplet("1", deposed)], "2"],
  ["what serves is not in the state", [droplet("2"), droplet("1", deposed)], "9"],
])("%s: nothing to give up", (_, droplets, serving) => {
  expect(giveUpReplacement(state(droplets, []), serving)).toBeUndefined();
});
