// bednet plan --against in a scratch repository: what a change means, told without key, host or API, and with nothing of it run.
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compareFleets } from "../../../cli/against/comparison.ts";
import { comparisonText } from "../../../cli/against/text.ts";
import { makeOutput } from "../../../cli/output.ts";
import { parseFleet } from "../../../fleet/load.ts";
import { run } from "./run.ts";

const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));
const key = { BEDNET_KEY: "bednet-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" };

let folder: string;
const git = (...argv: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=ana", "-c", "user.email=ana@example.com", ...argv]);
const commit = (): void => {
  git("add", "--all");
  git("commit", "--quiet", "--message", "a change");
};
const edit = async (file: string, change: (text: string) => string): Promise<void> =>
  writeFile(join(folder, file), change(await readFile(join(folder, file), "utf8")));
const bednet = (argv: string, env: Record<string, string> = {}) =>
  run([...argv.split(" "), "--fleet", join(folder, "fleet.yaml")], { env });
const against = async (ref = "main") => JSON.parse((await bednet(`plan --against ${ref} --json`)).stdout);

const droplet = (name: string): string => `name: ${name}
broker: { domain: mqtt.example.com, tls: { issuer: letsencrypt } }
capacity: { devices: 20 }
host: { provider: digitalocean, region: fra1, adminCidrs: [203.0.113.7/32], ipv6: true }
dns: { zone: example.com }
`;

/** A fleet that is locked and committed; each test changes a copy. */
let template: string;
beforeAll(async () => {
  folder = template = await mkdtemp(join(tmpdir(), "bednet-against-"));
  for (const file of ["fleet.yaml", "devices.csv"]) await cp(`${examples}small-farm/${file}`, join(folder, file));
  await bednet("lock", key);
  await writeFile(join(folder, ".gitignore"), ".bednet/\n");
  git("init", "--quiet", "--initial-branch", "main");
  commit();
});
afterAll(() => rm(template, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-against-"));
  await cp(template, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

test("a contributor adds a device, takes one away and cannot lock", async () => {
  await edit("devices.csv", (text) => `${text.replace(/^soil-north-1,.*\n/m, "")}soil-new,soil-sensor\n`);
  expect(await bednet("plan --against main")).toEqual({
    exitCode: 0,
    stdout: `small-farm against main: reload, nobody who is connected is dropped

Who may log in
  1 added: soil-new
  1 revoked: soil-north-1

fleet.lock
  1 not in it yet: soil-new
  1 still in it, and no longer in the fleet: soil-north-1
  Before it can be deployed, somebody with the key runs \`bednet lock\` and commits fleet.lock.

Broker and host
  reload: /etc/mosquitto/bednet/passwd
  reload: /etc/mosquitto/bednet/acl
  none: /etc/bednet/fleet.lock

Warnings
  The host's Mosquitto version is known only there; planned with 2.1.2, which needs the most memory.
`,
    stderr: "",
  });
});

test("nothing changed", async () => {
  expect(await against()).toMatchObject({ effect: "none", host: [], cloud: [], numbers: [] });
  expect((await bednet("plan --against HEAD")).stdout).toMatch(/^small-farm against HEAD: none, nobody /);
});

test("a locked change, another password and a line that somebody wrote", async () => {
  await edit("devices.csv", (text) => `${text}soil-new,soil-sensor\n`);
  await bednet("lock --rotate valve-north", key);
  expect(await against()).toMatchObject({
    effect: "reflash",
    lock: { lacks: [], stale: [], written: ["soil-new", "valve-north"], rotated: ["valve-north"], goesBack: [] },
  });
  commit();
  await bednet("lock --rotate valve-south", key);
  git("checkout", "--quiet", "HEAD~1", "--", "fleet.lock");
  expect((await against()).lock.goesBack).toEqual([
    "soil-new is gone, and with it that generation 1 was active",
    "valve-north goes back from generation 2 to 1",
  ]);
});

test("more devices than the connection limit holds: a restart, with the numbers", async () => {
  await edit("fleet.yaml", (text) => text.replace("devices: 20", "devices: 200"));
  const { effect, numbers, host } = await against();
  expect(effect).toBe("restart");
  expect(numbers).toContainEqual({ id: "required", before: "26", after: "242" });
  expect(host).toContainEqual({ what: "/etc/systemd/system/mosquitto.service.d/bednet.conf", effect: "restart" });
});

test("grants, a class and a key type", async () => {
  await edit("fleet.yaml", (text) =>
    text.replace('publish: ["farm/+/command", "farm/+/open"]', 'publish: ["farm/+/command", "all/#"]'),
  );
  await edit("fleet.yaml", (text) => text.replace("issuer: letsencrypt,", "issuer: letsencrypt, keyType: rsa,"));
  await edit("devices.csv", (text) => text.replace("soil-north-1,soil-sensor", "soil-north-1,valve"));
  const { effect, principals, host } = await against();
  expect(principals).toEqual({
    added: [],
    revoked: [],
    moved: [{ name: "soil-north-1", from: "soil-sensor", to: "valve" }],
    grants: [{ of: "service", name: "dashboard", right: "publish", added: ["all/#"], removed: ["farm/+/open"] }],
  });
  expect(host).toContainEqual({ what: "certificate", effect: "restart" });
  expect(effect).toBe("restart");
});

describe("a droplet", () => {
  const changes = [
    ["another size", "fra1", "fra1, size: s-2vcpu-2gb", "restart", "host.size: s-1vcpu-512mb-10gb → s-2vcpu-2gb"],
    ["another region", "fra1", "ams3", "replace", "host.region: fra1 → ams3"],
    ["another image", "fra1", "fra1, image: ubuntu-26-04-x64", "none", "host.image: debian-13-x64 → ubuntu-26-04-x64"],
    ["other admins", "203.0.113.7/32", "203.0.113.8/32", "none", "host.adminCidrs: 203.0.113.7/32 → 203.0.113.8/32"],
    ["no IPv6", "ipv6: true", "ipv6: false", "replace", "host.ipv6: true → false"],
    ["another name", "mqtt.", "broker.", "reflash", "broker.domain: mqtt.example.com → broker.example.com"],
    ["another stack", "name: prod", "name: test", "replace", "name: prod → test"],
    ["by hand", "dns: { zone: example.com }", "dns: manual", "none", "dns.zone: example.com → manual"],
  ] as const;
  const compared = (from: string, to: string): string => {
    const [before, after] = [droplet("prod"), droplet("prod").replace(from, to)].map((yaml) => ({
      fleet: parseFleet({ yaml, yamlFile: "fleet.yaml", csv: undefined, csvFile: "devices.csv" }),
      ...{ lock: undefined, acmeCaPem: undefined },
    }));
    const comparison = compareFleets("main", { kind: "fleet", ...before! }, after!);
    return comparisonText(comparison, makeOutput({ write: () => {} }, { write: () => {} }, {}));
  };
  test.each(changes)("%s", (_, from, to, effect, line) => {
    const text = compared(from, to);
    expect(text).toMatch(new RegExp(`^(prod|test) against main: ${effect}, `));
    expect(text.replace(/\n +/g, " ")).toContain(` ${effect}: ${line}: `);
  });
  test("what it costs a month", () => {
    expect(compared("fra1", "fra1, backups: true")).toContain("Cost\n  $5 → $5.80 a month");
  });
});

describe("the other side", () => {
  test("is a folder", async () => {
    const other = join(folder, "other");
    await cp(`${examples}small-farm`, other, { recursive: true });
    await edit("devices.csv", (text) => `${text}soil-new,soil-sensor\n`);
    expect((await against(other)).principals.added).toEqual(["soil-new"]);
  });
  test("has no fleet yet", async () => {
    const { effect, principals } = await against(join(folder, ".git"));
    expect([effect, principals.added.length]).toEqual(["new", 9]);
  });
  test("is not read by this version", async () => {
    await edit("fleet.yaml", (text) => `${text}\nold: true\n`);
    commit();
    await edit("fleet.yaml", (text) => text.replace("\nold: true\n", ""));
    const { stdout, exitCode } = await bednet("plan --against main");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Not compared\n  main:fleet.yaml has 1 mistake:\n  main:fleet.yaml:");
  });
  test("does not exist", async () => {
    expect(await bednet("plan --against nowhere")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `--against nowhere: there is no such folder, and git knows no such ref in ${folder}\nName a branch, a tag, a commit or a folder; a pipeline that clones one commit alone must fetch the other one too.\n`,
    });
  });
  test("is below the folder that git knows", async () => {
    const farms = join(folder, "farms");
    await cp(`${examples}small-farm`, farms, { recursive: true });
    commit();
    await edit("farms/devices.csv", (text) => `${text}soil-new,soil-sensor\n`);
    const { stdout } = await run(["plan", "--against", "main", "--json", "--fleet", join(farms, "fleet.yaml")]);
    expect(JSON.parse(stdout).principals.added).toEqual(["soil-new"]);
  });
});

test("an option is no ref", async () => {
  expect((await bednet("plan --against=--output=/tmp/x")).stderr).toMatch(
    /^--against --output=\/tmp\/x: there is no such/,
  );
});

test("nothing of a commit is run: no filter, no textconv, no hook", async () => {
  const trace = join(folder, "ran");
  for (const setting of ["filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv"]) {
    git("config", setting, `touch ${trace}; cat`);
  }
  git("checkout", "--quiet", "-b", "theirs");
  await writeFile(join(folder, ".gitattributes"), "* filter=evil diff=evil\n");
  commit();
  await rm(trace, { force: true });
  expect((await against("theirs")).effect).toBe("none");
  await expect(readFile(trace)).rejects.toThrow("ENOENT");
});

test("a comment holds whatever a topic says in one block of code", async () => {
  await edit("fleet.yaml", (text) =>
    text.replace('"farm/+/open"]', '"farm/+/open", "x\\`\\`\\`/@everybody/![](y)"]'.replaceAll("\\`", "`")),
  );
  const { stdout } = await bednet("plan --against main --markdown");
  expect(stdout.startsWith("### bednet plan: small-farm\n\n````text\nsmall-farm against main: reload, ")).toBe(true);
  expect(stdout).toContain("  + service dashboard may publish x```/@everybody/![](y)\n");
  expect(stdout.match(/^````/gm)).toHaveLength(2);
  expect(stdout.endsWith("\n````\n")).toBe(true);
});
