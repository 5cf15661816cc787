import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";
import { accessOf } from "../../../fleet/access.ts";
import { FleetKey } from "../../../fleet/credentials.ts";
import { readFleet } from "../../../fleet/load.ts";
import { forgedLines, lockProblem } from "../../../fleet/lock.ts";
import { readLock } from "../../../fleet/lock-file.ts";
import { planFleet } from "../../../fleet/plan.ts";
import { fleetJsonSchema } from "../../../fleet/settings.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

test("docs/fleet.schema.json is what the settings say now (npx tsx scripts/fleet-schema.ts writes it)", () => {
  expect(readFileSync(at("docs/fleet.schema.json"), "utf8")).toBe(`${JSON.stringify(fleetJsonSchema(), null, 2)}\n`);
});

test("every setting says what it is for", () => {
  interface Node {
    description?: string;
    properties?: Record<string, Node>;
    additionalProperties?: Node | boolean;
    anyOf?: Node[];
    oneOf?: Node[];
  }
  const silent: string[] = [];
  const visit = (node: Node, path: string): void => {
    for (const [name, child] of Object.entries(node.properties ?? {})) {
      if (!child.description) silent.push(`${path}${name}`);
      visit(child, `${path}${name}.`);
    }
    if (typeof node.additionalProperties === "object") visit(node.additionalProperties, `${path}*.`);
    for (const child of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) visit(child, path);
  };
  visit(fleetJsonSchema(), "");
  expect(silent).toEqual([]);
});

describe("an example", () => {
  it.each(["small-farm", "thousand-devices", "existing-host", "own-app"])(
    "%s loads, and says its schema to editors",
    async (name) => {
      const path = at(`examples/${name}/fleet.yaml`);
      expect(readFileSync(path, "utf8").split("\n")[0]).toBe(
        "# yaml-language-server: $schema=../../docs/fleet.schema.json",
      );
      const { fleet } = await readFleet(path);
      expect(fleet.name).toBe(name);
      expect(planFleet(fleet).engine).toBe("mosquitto");
    },
  );

  it.each(["existing-host", "own-app"])(
    "%s can be deployed as it is: its lock is what the examples' key makes",
    async (name) => {
      const { fleet, folder } = await readFleet(at(`examples/${name}/fleet.yaml`));
      const lock = await readLock(folder);
      expect(lockProblem(fleet, lock)).toBeUndefined();
      expect(forgedLines(lock!, FleetKey.parse(readFileSync(at("examples/key"), "utf8")))).toEqual([]);
    },
  );

  it("small-farm has two classes, so each device has a section of its own", async () => {
    const { fleet } = await readFleet(at("examples/small-farm/fleet.yaml"));
    expect(accessOf(fleet).style).toBe("sections");
    expect(fleet.devices).toHaveLength(6);
  });

  it("thousand-devices lists a thousand", async () => {
    const { fleet } = await readFleet(at("examples/thousand-devices/fleet.yaml"));
    expect(fleet.devices).toHaveLength(1000);
    expect(accessOf(fleet).style).toBe("patterns");
  });
});
