// The firewall table against real connections: SSH for the admins, limits per source, nobody else's table, counts that last.
import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";

const scene = fileURLToPath(new URL("firewall-scene.ts", import.meta.url));
const tsx = fileURLToPath(new URL("../../node_modules/.bin/tsx", import.meta.url));
const inside = `mount -t tmpfs tmpfs /run && ip link set lo up && exec '${tsx}' '${scene}'`;

describe.skipIf(userInfo().uid !== 0 || process.platform !== "linux")("the firewall table", () => {
  let seen: Record<string, unknown>;
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)("unshare", ["--net", "--mount", "sh", "-c", inside], {
      timeout: 60_000,
    });
    seen = JSON.parse(stdout) as Record<string, unknown>;
  });

  test("lets admins in by SSH, keeps what was open, and drops others", () =>
    expect(seen).toMatchObject({
      strangerBefore: { open: 1 },
      whatWasOpenStays: { alive: 1 },
      admin: { open: 1 },
      stranger: { dropped: 1 },
    }));

  test("follows the list of admins when it is loaded again", () =>
    expect(seen).toMatchObject({ adminsOverlap: { open: 1 }, adminNoMore: { dropped: 1 } }));

  test("leaves everything else alone", () =>
    expect(seen).toMatchObject({
      web: { open: 1 },
      loopback: "open",
      cloud: { open: 1 },
      tables: ["table inet bednet", "table inet neighbour"],
    }));

  test("holds each source to its own limit", () =>
    expect(seen).toMatchObject({ five: { open: 3, refused: 2 }, otherSource: { open: 3, refused: 2 } }));

  test("remembers who was counted when it is loaded again", () => expect(seen.countsAreKept).toEqual({ refused: 2 }));

  test("puts a new limit in force at once", () => expect(seen.newLimitAtOnce).toEqual({ open: 4, refused: 2 }));

  test("holds back a source that connects too fast", () => {
    const { open = 0, dropped = 0 } = seen.burst as Record<string, number>;
    expect(open).toBeGreaterThanOrEqual(10);
    expect(open).toBeLessThan(20);
    expect(open + dropped).toBe(40);
  });
});
