import { expect, test } from "vitest";
import { changesOf } from "../../../../stacks/terraform/changes.ts";

const change = (actions: string[], more: object = {}) => ({
  address: "digitalocean_droplet.droplet",
  mode: "managed",
  type: "digitalocean_droplet",
  name: "droplet",
  change: { actions, before: { image: "debian-12-x64" }, after: { image: "debian-13-x64" } },
  ...more,
});
const actions = (...changes: object[]) =>
  changesOf(JSON.stringify({ resource_changes: changes })).map(({ action, isDeposed }) => [action, isDeposed]);

test("an action is told by its word", () => {
  expect(
    actions(
      change(["create"]),
      change(["update"]),
      change(["delete"]),
      change(["create", "delete"]),
      change(["delete", "create"]),
      change(["delete"], { deposed: "0000b1ce" }),
    ),
  ).toEqual([
    ["create", false],
    ["update", false],
    ["delete", false],
    ["replace", false],
    ["replace", false],
    ["delete", true],
  ]);
});

test("what stays, and what is only read, is no change", () => {
  expect(actions(change(["no-op"]), change(["read"], { mode: "data" }))).toEqual([]);
  expect(changesOf("{}")).toEqual([]);
});

test("before and after come along, empty where there is nothing", () => {
  const [made] = changesOf(
    JSON.stringify({ resource_changes: [{ ...change([]), change: { actions: ["create"], before: null, after: {} } }] }),
  );
  expect(made).toMatchObject({ type: "digitalocean_droplet", name: "droplet", before: {}, after: {} });
});
