// The reload script on a real broker at its connection cap, in a network of its own: nobody dropped, the cap kept, the door open.
import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";

const scene = fileURLToPath(new URL("reload-scene.ts", import.meta.url));
const tsx = fileURLToPath(new URL("../../node_modules/.bin/tsx", import.meta.url));
/** /run too: the script's lock is not the machine's. All of it ends with the process. */
const inside = `mount -t tmpfs tmpfs /run && ip link set lo up && exec '${tsx}' '${scene}'`;

const kept = {
  exit: "0",
  dropped: 0,
  loopback: "allowed",
  own: "allowed",
  foreign: "denied 135",
  extra: "denied 135",
  limit: 0,
  door: "no door",
  further: "refused",
};

describe.skipIf(userInfo().uid !== 0 || process.platform !== "linux")("a broker at its connection cap", () => {
  let seen: Record<string, unknown>;
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)("unshare", ["--net", "--mount", "sh", "-c", inside], {
      timeout: 90_000,
    });
    seen = JSON.parse(stdout) as Record<string, unknown>;
  });

  test("holds what was planned and refuses the next", () =>
    expect(seen).toMatchObject({ held: true, further: "refused" }));

  test("reloads unchanged files", () => expect(seen.unchanged).toEqual(kept));
  test("puts a new grant in force", () => expect(seen.more).toEqual({ ...kept, extra: "allowed" }));
  test("takes a grant back", () => expect(seen.less).toEqual(kept));
  test("reloads twice at once", () => expect(seen.twoAtOnce).toEqual({ ...kept, exit: "0 and 0", extra: "allowed" }));
  test("reloads where nft is missing", () => expect(seen.withoutNft).toEqual(kept));

  test("recovers by itself when the script is killed half-way", () =>
    expect(seen.killed).toEqual({
      atKill: { door: "shut", limit: 16 },
      openAgain: true,
      limitBack: true,
      further: "refused",
      dropped: 0,
    }));

  test("and reloads again afterwards", () =>
    expect(seen.afterwards).toEqual({ exit: "0", extra: "allowed", limit: 0, door: "no door", dropped: 0 }));

  test("never lacked a descriptor", () => expect(seen.log).toEqual([]));
});
