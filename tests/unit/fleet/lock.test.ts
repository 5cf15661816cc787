// What a change of the fleet does to its lock, and what the lock never lets happen.
import { describe, expect, test } from "vitest";
import { principalsOf } from "../../../fleet/access.ts";
import { FleetKey, hashOf, passwordOf } from "../../../fleet/credentials.ts";
import {
  forgedLines,
  formatLock,
  type Lock,
  lockProblem,
  parseLock,
  regressions,
  updateLock,
  verifyPasswords,
} from "../../../fleet/lock.ts";
import { Problem } from "../../../fleet/problem.ts";
import { type Fleet, FleetFile } from "../../../fleet/schema.ts";

const key = FleetKey.parse("bednet-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
const otherKey = FleetKey.parse("bednet-key-1:ZFw7Q4Z1b_xj1yg8XKXiAPFv5UgfXqAG8fJUVPjXVBc");

const settings = FleetFile.parse({
  name: "prod",
  broker: { domain: "mqtt.example.com", tls: { issuer: "letsencrypt" } },
  capacity: { devices: 10 },
  host: { provider: "existing", address: "203.0.113.9", adminCidrs: ["203.0.113.7/32"] },
  classes: { soil: { hardware: "esp32", publish: ["farm/{device}/moisture"] } },
});
const fleetOf = (...ids: string[]): Fleet => ({ ...settings, devices: ids.map((id) => ({ id, class: "soil" })) });
const lockOf = (...ids: string[]): Lock => updateLock(fleetOf(...ids), undefined, key).lock;
const line = (lock: Lock, name: string) => lock.lines.find((one) => one.name === name)!;
const ours = principalsOf(fleetOf()).length;

const problemOf = (action: () => unknown): [string, string] => {
  try {
    action();
  } catch (error) {
    if (error instanceof Problem) return [error.message, error.fix];
    throw error;
  }
  throw new Error("expected a Problem");
};

describe("the text", () => {
  const text = [
    "bednet-lock 1",
    "# Written by `bednet lock`, never by hand. Commit it: it holds hashes and no password.",
    "serial 3",
    "keys 7bdf26e3 3b4116e6",
    `pump active imported 1 - $7$1000$AAAAAAAAAAAAAAAA$${"A".repeat(86)}==`,
    "soil-1 revoked derived 2 7bdf26e3 $7$101$VS6Z02cCVYpjJjGK$n9+gP6kv4TMKS2TzOs8PyELEN7o5X+BQZnvNcjW1UfwNHFMScbpb5BbZay5PCSJhckzDIgQjc0j90FkqFQHeEQ==",
    "",
  ].join("\n");

  test("is the same after it was read and written, byte for byte", () => {
    expect(formatLock(parseLock(text, "fleet.lock"))).toBe(text);
  });

  test("may have come through git on Windows", () => {
    expect(formatLock(parseLock(text.replaceAll("\n", "\r\n"), "fleet.lock"))).toBe(text);
  });

  test("every bad line is named with its place", () => {
    const bad = [
      "bednet-lock 2",
      "serial 0",
      "keys 7bdf26e3",
      "<<<<<<< HEAD",
      "soil-1 active derived 1 7bdf26e3",
      "soil:1 active derived 1 7bdf26e3 $7$",
      "soil-2 gone derived 1 7bdf26e3 $7$",
      "soil-3 active stolen 1 7bdf26e3 $7$",
      "soil-4 active derived 0 7bdf26e3 $7$",
      "soil-5 active imported 1 7bdf26e3 $7$",
      `soil-6 active derived 1 7bdf26e3 $7$101$AAAA$${"A".repeat(86)}==`,
      `soil-7 active derived 1 7bdf26e3 $7$101$AAAAAAAAAAAAAAAA$${"A".repeat(86)}==`,
      `soil-7 active derived 2 7bdf26e3 $7$101$AAAAAAAAAAAAAAAA$${"A".repeat(86)}==`,
    ].join("\n");
    expect(problemOf(() => parseLock(bad, "fleet.lock"))).toEqual([
      `fleet.lock has 12 mistakes:
  fleet.lock:1  expected \`bednet-lock 1\`
  fleet.lock:2  expected \`serial\` and a number
  fleet.lock:3  expected \`keys\` and two key ids of 8 hex digits
  fleet.lock:4  a merge conflict is not resolved
  fleet.lock:5  expected \`name state origin generation keyId hash\`
  fleet.lock:6  the name may only have letters, digits, - and _
  fleet.lock:7  soil-2: the state is active or revoked
  fleet.lock:8  soil-3: the origin is derived or imported
  fleet.lock:9  soil-4: the generation is a number from 1
  fleet.lock:10  soil-5: the key id is 8 hex digits, or - for an imported line
  fleet.lock:11  soil-6: the hash is not one that every Mosquitto reads
  fleet.lock:13  soil-7 is listed twice; keep the line with the higher generation`,
      "Bring it back from git (`git checkout fleet.lock`) and run `bednet lock`. After a merge conflict, keep the lines of both sides and the higher serial first.",
    ]);
  });

  test("an empty file, and one cut in the middle, are no lock", () => {
    expect(problemOf(() => parseLock("", "fleet.lock"))[0]).toBe(`fleet.lock has 3 mistakes:
  fleet.lock:1  expected \`bednet-lock 1\`
  fleet.lock:1  expected \`serial\` and a number
  fleet.lock:1  expected \`keys\` and two key ids of 8 hex digits`);
    expect(problemOf(() => parseLock(text.slice(0, -30), "fleet.lock"))[0]).toBe(`fleet.lock has a mistake:
  fleet.lock:6  soil-1: the hash is not one that every Mosquitto reads`);
  });
});

describe("updateLock", () => {
  test("starts with a line per principal at generation 1, sorted by name", () => {
    const { lock, ...rest } = updateLock(fleetOf("soil-2", "soil-1"), undefined, key);
    expect([lock.serial, lock.keyId, lock.verifyKeyId]).toEqual([1, "7bdf26e3", "3b4116e6"]);
    expect(rest).toMatchObject({ revoked: [], readded: [], rotated: [], unchanged: 0 });
    expect(rest.added).toHaveLength(2 + ours);
    expect(lock.lines.map(({ name }) => name)).toEqual(lock.lines.map(({ name }) => name).sort());
    expect(line(lock, "soil-1")).toEqual({
      name: "soil-1",
      state: "active",
      origin: "derived",
      generation: 1,
      keyId: "7bdf26e3",
      hash: hashOf(key, "soil-1", 1),
    });
    expect(line(lock, "bednet-monitor").keyId).toBe("3b4116e6");
  });

  test("changes nothing when nothing is to do, not even the object", () => {
    const lock = lockOf("soil-1");
    const again = updateLock(fleetOf("soil-1"), lock, key);
    expect(again.lock).toBe(lock);
    expect(again).toMatchObject({ added: [], revoked: [], readded: [], rotated: [], unchanged: 1 + ours });
  });

  test("touches only the lines that change, and counts the serial up once", () => {
    const before = lockOf("soil-1", "soil-2");
    const { lock, added, revoked, unchanged } = updateLock(fleetOf("soil-2", "soil-3"), before, key);
    expect([lock.serial, added, revoked, unchanged]).toEqual([2, ["soil-3"], ["soil-1"], 1 + ours]);
    expect(line(lock, "soil-2")).toBe(line(before, "soil-2"));
    expect(line(lock, "soil-1")).toEqual({ ...line(before, "soil-1"), state: "revoked" });
  });

  test("a name that comes back gets the next generation, each time", () => {
    const revoked = updateLock(fleetOf(), lockOf("soil-1"), key).lock;
    const back = updateLock(fleetOf("soil-1"), revoked, key);
    expect([back.readded, back.added, line(back.lock, "soil-1").generation]).toEqual([["soil-1"], [], 2]);
    expect(line(back.lock, "soil-1").hash).toBe(hashOf(key, "soil-1", 2));
    const twice = updateLock(fleetOf("soil-1"), updateLock(fleetOf(), back.lock, key).lock, key).lock;
    expect(line(twice, "soil-1").generation).toBe(3);
  });

  test("an imported hash stays until it is rotated; then it is derived", () => {
    const start = lockOf("soil-1");
    const imported = { origin: "imported", keyId: "-", hash: `$6$AAAAAAAAAAAAAAAA$${"A".repeat(86)}==` } as const;
    const lock = { ...start, lines: start.lines.map((one) => (one.name === "soil-1" ? { ...one, ...imported } : one)) };
    expect(line(updateLock(fleetOf("soil-1", "soil-2"), lock, key).lock, "soil-1")).toMatchObject(imported);
    const rotated = updateLock(fleetOf("soil-1"), lock, key, { rotate: ["soil-1"] }).lock;
    expect(line(rotated, "soil-1")).toMatchObject({ origin: "derived", generation: 2, keyId: key.id });
  });

  test("rotates by name, and only whom it knows", () => {
    const { lock, rotated } = updateLock(fleetOf("soil-1", "soil-2"), lockOf("soil-1", "soil-2"), key, {
      rotate: ["soil-2"],
    });
    expect([rotated, line(lock, "soil-1").generation, line(lock, "soil-2").generation]).toEqual([["soil-2"], 1, 2]);
    expect(problemOf(() => updateLock(fleetOf("soil-1"), lock, key, { rotate: ["soil-9", "soil-8"] }))).toEqual([
      "cannot rotate: 2 not in the fleet: soil-8, soil-9",
      "Name devices, services, people or probes of this fleet; fleet.lock lists them.",
    ]);
  });

  test("another key is refused, and allowed on request: everything derived moves on", () => {
    const lock = lockOf("soil-1");
    expect(problemOf(() => updateLock(fleetOf("soil-1"), lock, otherKey))).toEqual([
      "the key here is 3e5da2b4, and fleet.lock was made with 7bdf26e3",
      `Bring the right key back with \`bednet key set\`. If it is lost, \`bednet lock --new-key\` derives all ${1 + ours} passwords again, and every device, service and person needs a new password.`,
    ]);
    const next = updateLock(fleetOf("soil-1"), lock, otherKey, { newKey: true });
    expect(next.rotated).toHaveLength(1 + ours);
    expect(line(next.lock, "soil-1")).toMatchObject({ generation: 2, keyId: "3e5da2b4" });
    expect(regressions(lock, next.lock)).toEqual([]);
    expect(lockProblem(fleetOf("soil-1"), next.lock)).toBeUndefined();
  });

  test("10,000 devices take seconds the first time, and hardly any after that", { timeout: 60_000 }, () => {
    const fleet = fleetOf(...Array.from({ length: 10_000 }, (_, i) => `soil-${i}`));
    const took = (run: () => void): number => {
      const start = performance.now();
      run();
      return performance.now() - start;
    };
    let lock = lockOf();
    const firstMs = took(() => {
      lock = updateLock(fleet, undefined, key).lock;
    });
    const againMs = took(() => {
      expect(updateLock(fleet, parseLock(formatLock(lock), "fleet.lock"), key).unchanged).toBe(10_000 + ours);
    });
    expect(againMs).toBeLessThan(firstMs / 2);
  });
});

describe("lockProblem", () => {
  test("nothing differs", () => {
    expect(lockProblem(fleetOf("soil-1"), lockOf("soil-1"))).toBeUndefined();
  });

  test("there is no lock", () => {
    const problem = lockProblem(fleetOf("soil-1"), undefined)!;
    expect([problem.message, problem.fix]).toEqual([
      "there is no fleet.lock beside the fleet file",
      "Run `bednet lock` and commit fleet.lock.",
    ]);
  });

  test("names what differs, five of each", () => {
    const lock = lockOf("soil-1", "pump");
    const forged = {
      ...lock,
      lines: lock.lines.map((one) => (one.name === "pump" ? { ...one, keyId: "deadbeef" } : one)),
    };
    const fleet = fleetOf("pump", "a", "b", "c", "d", "e", "f");
    expect(lockProblem(fleet, forged)!.message).toBe(`fleet.lock does not match the fleet:
  6 not in the lock: a, b, c, d, e, …
  1 no longer in the fleet: soil-1
  1 derived from another key: pump`);
  });
});

describe("forgedLines", () => {
  const lock = lockOf("soil-1", "soil-2");
  const edit = (name: string, change: object): Lock => ({
    ...lock,
    lines: lock.lines.map((one) => (one.name === name ? { ...one, ...change } : one)),
  });

  test("a lock that the key made", () => {
    expect(forgedLines(lock, key)).toEqual([]);
    expect(forgedLines(lock, key.verifyKey)).toEqual([]);
  });

  test("a hash of somebody else's password", () => {
    const forged = edit("soil-2", { hash: hashOf(otherKey, "soil-2", 1) });
    expect(forgedLines(forged, key)).toEqual(["soil-2"]);
    expect(updateLock(fleetOf("soil-1", "soil-2"), forged, key, { rotate: ["soil-2"] }).lock.lines).toEqual(
      edit("soil-2", { hash: hashOf(key, "soil-2", 2), generation: 2 }).lines,
    );
  });

  test("an imported line is one too: no command imports, so a hand did", () => {
    const own = { origin: "imported", keyId: "-", generation: 2, hash: hashOf(otherKey, "soil-2", 1) } as const;
    expect(forgedLines(edit("soil-2", own), key)).toEqual(["soil-2"]);
    expect(forgedLines(edit("soil-2", own), key.verifyKey)).toEqual(["soil-2"]);
  });

  test("a pipeline sees it for the probes, and for a device that claims its key", () => {
    expect(forgedLines(edit("bednet-watch", { hash: hashOf(otherKey, "bednet-watch", 1) }), key.verifyKey)).toEqual([
      "bednet-watch",
    ]);
    expect(forgedLines(edit("soil-1", { keyId: key.verifyKey.id }), key.verifyKey)).toEqual(["soil-1"]);
  });
});

describe("regressions", () => {
  const first = lockOf("soil-1", "soil-2");
  const revoked = updateLock(fleetOf("soil-2"), first, key).lock;
  const back = updateLock(fleetOf("soil-1", "soil-2"), revoked, key).lock;

  test("forward is fine, and so is standing still", () => {
    for (const [a, b] of [
      [first, first],
      [first, revoked],
      [revoked, back],
      [first, back],
    ] as const) {
      expect(regressions(a, b)).toEqual([]);
    }
  });

  test("an old checkout, even when it locks once more", () => {
    expect(regressions(revoked, first)).toEqual(["soil-1 is revoked, and generation 1 comes back"]);
    const lockedAgain = updateLock(fleetOf("soil-1", "soil-2", "soil-3"), { ...first, serial: 90 }, key).lock;
    expect(regressions(back, lockedAgain)).toEqual(["soil-1 goes back from generation 2 to 1"]);
  });

  test("a lock begun anew", () => {
    expect(regressions(back, lockOf("soil-2"))).toEqual(["soil-1 is gone, and with it that generation 2 was active"]);
    const anew = updateLock(fleetOf("soil-1", "soil-2"), undefined, otherKey).lock;
    expect(regressions(first, anew)).toContain("soil-1 has another password in the same generation 1");
  });
});

describe("verifyPasswords", () => {
  const lock = updateLock(fleetOf(), lockOf(), key, { rotate: ["bednet-monitor"] }).lock;

  test("the password of the current generation", () => {
    const passwordFor = verifyPasswords(lock, key.verifyKey);
    expect(passwordFor("bednet-monitor").reveal()).toBe(passwordOf(key, "bednet-monitor", 2).reveal());
    expect(passwordFor("bednet-watch").reveal()).toBe(passwordOf(key, "bednet-watch", 1).reveal());
  });

  test("another key, and a name that is not in the lock", () => {
    expect(problemOf(() => verifyPasswords(lock, otherKey.verifyKey))).toEqual([
      "the verify key 8cc95b7a is not the one of fleet.lock, 3b4116e6",
      "Set BEDNET_VERIFY_KEY to what `bednet key show --verify` prints in the folder of this fleet.",
    ]);
    expect(problemOf(() => verifyPasswords(lock, key.verifyKey)("bednet-probe-9-device"))).toEqual([
      "fleet.lock does not know bednet-probe-9-device",
      "Run `bednet lock` and commit fleet.lock.",
    ]);
  });
});
