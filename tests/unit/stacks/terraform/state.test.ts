import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseState, refuseTornState } from "../../../../stacks/terraform/state.ts";

const droplet = (id: string, more: object = {}) => ({ attributes: { id }, ...more });
const text = JSON.stringify({
  version: 4,
  serial: 3,
  resources: [
    {
      mode: "managed",
      type: "digitalocean_droplet",
      name: "droplet",
      instances: [droplet("2", { status: "tainted" }), droplet("1", { deposed: "0000b1ce" })],
    },
    { mode: "data", type: "digitalocean_account", name: "account", instances: [droplet("x")] },
  ],
});

test("instances are told apart: current, deposed, tainted", () => {
  const state = parseState(text);
  expect(state.isEmpty).toBe(false);
  expect(state.instances("digitalocean_droplet.droplet")).toEqual([
    { isDeposed: false, isTainted: true, attributes: { id: "2" } },
    { isDeposed: true, isTainted: false, attributes: { id: "1" } },
  ]);
  expect(state.ids("digitalocean_droplet")).toEqual(["2", "1"]);
  expect(state.instances("digitalocean_tag.fleet")).toEqual([]);
  expect(state.ids("digitalocean_account")).toEqual([]);
});

test("a stack that was never applied has an empty state", () => {
  expect(parseState("\n").isEmpty).toBe(true);
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-state-"));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ["", "empty"],
  [text.slice(0, 100), "no Terraform state"],
  ["{}", "no Terraform state"],
])("a torn state is refused: %j", async (torn, word) => {
  const path = join(folder, "torn.tfstate");
  await writeFile(path, torn);
  await writeFile(`${path}.backup`, text);
  await expect(refuseTornState(path)).rejects.toMatchObject({
    message: `${path} is ${word}: a run was probably cut off while it wrote the state`,
    fix: `Bring it back: mv ${path}.backup ${path} (the state before that run), then run the command again; nothing was changed.`,
  });
});

test("a whole state and none at all are fine, and the empty one that a first run has made to lock it", async () => {
  const path = join(folder, "whole.tfstate");
  await refuseTornState(path);
  await writeFile(path, "");
  await refuseTornState(path);
  await writeFile(path, text);
  await refuseTornState(path);
});
