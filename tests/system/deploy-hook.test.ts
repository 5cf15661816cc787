// certbot's deploy hook, run: what belongs together is installed for the broker alone, and nothing else ever is.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeAuthority } from "../../sandbox/authority.ts";
import { makeBundle } from "../../templates/bundle.ts";
import { exampleFleet, wantedOf } from "../example-bundle.ts";

describe.skipIf(userInfo().uid !== 0 || process.platform !== "linux")("the deploy hook", () => {
  let folder: string;
  let hook: string;
  let pair: string;
  const live = (name = "bednet") => join(folder, "live", name);
  /** Without the machine's /run: its systemd must not be asked to reload a broker. */
  const run = (lineage = live(), script = hook) =>
    spawnSync("unshare", ["--mount", "sh", "-c", 'mount -t tmpfs tmpfs /run && exec "$0"', script], {
      encoding: "utf8",
      env: { ...process.env, RENEWED_LINEAGE: lineage },
    });

  async function renew(keyType: "ecdsa" | "rsa" = "ecdsa", name = "bednet"): Promise<string> {
    const { fullchainPem, privateKeyPem } = await (await makeAuthority()).issue({
      names: ["mqtt.example.com"],
      keyType,
    });
    await mkdir(live(name), { recursive: true });
    await writeFile(join(live(name), "fullchain.pem"), fullchainPem);
    await writeFile(join(live(name), "privkey.pem"), privateKeyPem);
    return fullchainPem + privateKeyPem;
  }

  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bednet-deploy-hook-"));
    const { fleet, lock } = await exampleFleet("small-farm");
    const wanted = wantedOf(fleet, lock, "2.0.11");
    const paths = { confd: join(folder, "conf.d"), broker: join(folder, "broker's folder") };
    // Any user that is not root stands for the broker's.
    const bundle = makeBundle({ ...wanted, facts: { ...wanted.facts, paths, user: "nobody", group: "nogroup" } });
    hook = join(folder, "deploy-hook");
    await writeFile(hook, bundle.at("/usr/local/lib/bednet/deploy-hook").content);
    await chmod(hook, 0o755);
    pair = bundle.certificate.file;
  });

  test("installs chain and key for the broker alone, and again after a renewal", async () => {
    for (const keyType of ["ecdsa", "rsa"] as const) {
      const renewed = await renew(keyType);
      expect(run()).toMatchObject({ status: 0, stderr: "" });
      expect(await readFile(pair, "utf8")).toBe(renewed);
      const { uid, gid, mode } = await stat(pair);
      expect([uid, gid, mode & 0o777]).toEqual([65534, 65534, 0o600]);
      const tls = await stat(join(pair, ".."));
      expect([tls.uid, tls.mode & 0o777]).toEqual([0, 0o750]);
    }
  });

  test("keeps the old pair when the new one does not fit together", async () => {
    const kept = await readFile(pair, "utf8");
    await renew();
    const chain = await readFile(join(live(), "fullchain.pem"));
    await renew();
    await writeFile(join(live(), "fullchain.pem"), chain);
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toBe(
      `bednet deploy-hook: ${live()}/fullchain.pem and ${live()}/privkey.pem do not belong together; the broker keeps its old certificate\n`,
    );
    expect(await readFile(pair, "utf8")).toBe(kept);
  });

  test("keeps the old pair when a file is missing or cut short", async () => {
    const kept = await readFile(pair, "utf8");
    const renewed = await renew();
    await writeFile(join(live(), "privkey.pem"), renewed.slice(-60));
    expect(run().status).not.toBe(0);
    await rm(join(live(), "privkey.pem"));
    expect(run().status).not.toBe(0);
    expect(await readFile(pair, "utf8")).toBe(kept);
  });

  test("leaves other people's certificates alone", async () => {
    const kept = await readFile(pair, "utf8");
    await renew("ecdsa", "www.example.com");
    expect(run(live("www.example.com"))).toMatchObject({ status: 0, stderr: "", stdout: "" });
    expect(await readFile(pair, "utf8")).toBe(kept);
  });

  test("killed before its rename, it is run again and leaves nothing behind", async () => {
    const renewed = await renew();
    await writeFile(join(pair, "../.server.pem.new"), "half");
    expect(run().status).toBe(0);
    expect(await readFile(pair, "utf8")).toBe(renewed);
    expect(existsSync(join(pair, "../.server.pem.new"))).toBe(false);
  });

  test("says so where the broker is not installed yet", async () => {
    const early = join(folder, "early-hook");
    await cp(hook, early);
    await writeFile(early, (await readFile(early, "utf8")).replace("user='nobody'", "user='no-such-user'"));
    const { status, stderr } = run(live(), early);
    expect([status, stderr]).toEqual([
      0,
      "bednet deploy-hook: there is no user no-such-user yet; run bednet converge\n",
    ]);
  });
});
