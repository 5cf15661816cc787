// Every host file, asked of the program that reads it: systemd, dash, nft, apt.
import { execFileSync, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bundle, makeBundle } from "../../templates/bundle.ts";
import { exampleBundle, exampleFleet, wantedOf } from "../example-bundle.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-host-files-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const isRoot = userInfo().uid === 0;
const versions = ["2.0.11", "2.0.21", "2.1.2"] as const;

/** The bundle's file in the scratch folder, under its own name. */
async function put(bundle: Bundle, path: string, place = join(folder, path.split("/").at(-1)!)): Promise<string> {
  const { content, mode } = bundle.at(path);
  await mkdir(join(place, ".."), { recursive: true });
  await writeFile(place, content);
  await chmod(place, Number.parseInt(mode, 8));
  return place;
}

describe.each(versions)("for mosquitto %s", (version) => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await exampleBundle("small-farm", version);
  });

  test.skipIf(!has("systemd-analyze"))("systemd reads the units without a word", async () => {
    const units = join(folder, version);
    await mkdir(units);
    const unit = (name: string, command: string) =>
      `[Service]\nType=notify\nExecStartPre=/bin/false\nExecStart=${command}\n${name}`;
    await writeFile(join(units, "mosquitto.service"), unit("ExecReload=/bin/kill -HUP $MAINPID\n", "/bin/true"));
    await writeFile(join(units, "certbot.service"), unit("", "/bin/true"));
    await put(bundle, "/etc/systemd/system/bednet-firewall.service", join(units, "bednet-firewall.service"));
    const withCa = makeBundle({
      ...wantedOf((await exampleFleet("small-farm")).fleet, (await exampleFleet("small-farm")).lock, version),
      acmeCaPem: "-\n",
    });
    for (const name of ["mosquitto", "certbot"]) {
      const path = `/etc/systemd/system/${name}.service.d/bednet.conf`;
      const place = await put(withCa, path, join(units, `${name}.service.d/bednet.conf`));
      // The script is on a host, not here.
      await writeFile(place, (await readFile(place, "utf8")).replace("/usr/local/lib/bednet/reload", "/bin/true"));
    }
    const names = ["mosquitto.service", "certbot.service", "bednet-firewall.service"].map((name) => join(units, name));
    const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...names], {
      encoding: "utf8",
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${units}:` },
    });
    expect(stderr.split("\n").filter((line) => line.includes(units) || /bednet|mosquitto|certbot/.test(line))).toEqual(
      [],
    );
  });

  test.each(["reload", "deploy-hook"])("the shell reads %s", async (name) => {
    const script = await put(bundle, `/usr/local/lib/bednet/${name}`);
    execFileSync("sh", ["-n", script]);
    if (has("dash")) execFileSync("dash", ["-n", script]);
    if (has("shellcheck")) execFileSync("shellcheck", ["--shell=sh", "--severity=warning", script]);
  });

  test.skipIf(!has("apt-config"))("apt reads its settings", async () => {
    for (const path of ["/etc/apt/apt.conf.d/52bednet-unattended-upgrades", "/etc/apt/apt.conf.d/20auto-upgrades"]) {
      const { stdout, stderr } = spawnSync("apt-config", ["dump"], {
        encoding: "utf8",
        env: { ...process.env, APT_CONFIG: await put(bundle, path) },
      });
      expect(stderr).toBe("");
      expect(stdout).toMatch(/Unattended-Upgrade(::Automatic-Reboot "false"| "1");/);
    }
  });

  test.skipIf(!isRoot || !has("nft"))("nft takes the table, and takes it again", async () => {
    const table = await put(bundle, "/etc/bednet/firewall.nft");
    const twice = `nft -c -f '${table}' && nft -f '${table}' && nft -f '${table}' && nft list table inet bednet && nft delete table inet bednet`;
    const listed = execFileSync("unshare", ["--net", "sh", "-c", twice], { encoding: "utf8" });
    expect(listed.match(/203\.0\.113\.7/g)).toHaveLength(1);
    expect(listed.match(/ct count over/g)).toHaveLength(2);
  });
});
