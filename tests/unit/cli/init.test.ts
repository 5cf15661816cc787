// bednet init: the written files are read again by their own parsers, nothing is written over, all mistakes at once.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { main } from "../../../cli/main.ts";
import { readFleet } from "../../../fleet/load.ts";
import { droplet, existing, gitlabState, spaces } from "./init-options.ts";
import { run } from "./run.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-init-"));
});
afterEach(() => rm(folder, { recursive: true }));

const init = (options: string, file = "fleet.yaml") =>
  run(["init", ...options.split(" ").filter(Boolean), "--fleet", join(folder, file)]);
const text = (path: string): Promise<string> => readFile(join(folder, path), "utf8");

describe.each([
  [
    "a droplet",
    droplet,
    { provider: "digitalocean", region: "fra1", sshKeys: ["deploy.pub"] },
    { zone: "example.com" },
  ],
  ["a host that is there", existing, { provider: "existing", address: "203.0.113.20", user: "root" }, "manual"],
] as const)("%s", (_, options, host, dns) => {
  test("the files, each as its own parser reads it", async () => {
    expect(await init(`${options} --email ops@example.com --package file:bednet.tgz --cdktf`)).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    const files = ["devices.csv", "fleet.yaml", ".gitignore", "cdktf.json", "package.json"];
    expect((await readdir(folder)).sort()).toEqual(files.sort());
    const { fleet } = await readFleet(join(folder, "fleet.yaml"));
    expect(fleet).toMatchObject({ name: "prod", host, dns, devices: [], state: { backend: "local" } });
    expect(fleet.broker.tls.email).toBe("ops@example.com");
    expect(await text("fleet.yaml")).toMatch(/^# yaml-language-server: \$schema=\.\/node_modules\/bednet\/docs\//);
    expect(JSON.parse(await text("cdktf.json"))).toEqual({
      language: "typescript",
      app: "npx --no bednet synth",
      sendCrashReports: "false",
    });
    expect(JSON.parse(await text("package.json"))).toEqual({
      private: true,
      dependencies: { bednet: "file:bednet.tgz" },
      devDependencies: { "cdktf-cli": "0.21.0" },
    });
    expect((await text(".gitignore")).split("\n")).toEqual(
      expect.arrayContaining([".bednet/", "cdktf.out/", "/deploy"]),
    );
  });
});

const gitlab = "https://gitlab.com/api/v4/projects/7/terraform/state/prod";
test.each([
  [spaces, { backend: "spaces", bucket: "acme-state", region: "fra1" }],
  [gitlabState, { backend: "http", address: gitlab, lockAddress: `${gitlab}/lock`, unlockAddress: `${gitlab}/lock` }],
  ["--state http --state-address https://s.example.com/a", { backend: "http", address: "https://s.example.com/a" }],
])("%s is a state that the schema takes", async (options, state) => {
  expect((await init(`${droplet} ${options}`)).exitCode).toBe(0);
  expect((await readFleet(join(folder, "fleet.yaml"))).fleet.state).toEqual(state);
});

test("nothing is written over, and a second run adds what is missing", async () => {
  const kept = { ".gitignore": "mine\n", "package.json": '{ "name": "mine" }\n', "devices.csv": "id,class\n" };
  for (const [path, content] of Object.entries(kept)) await writeFile(join(folder, path), content);
  await init(`${droplet} ${spaces}`);
  const fleetYaml = await text("fleet.yaml");
  await mkdir(join(folder, ".git"));
  const { stdout } = await init("--ci github");
  expect(stdout).toContain("wrote  ");
  expect(stdout).toContain("/.gitignore, which was there; add to it: node_modules/ .bednet/ cdktf.out/");
  expect(stdout).toContain("/package.json, which was there; run: npm install bednet@^1.2.3\n");
  expect(await readdir(join(folder, ".github/workflows"))).toEqual(["bednet-prod.yml"]);
  for (const [path, content] of Object.entries({ ...kept, "fleet.yaml": fleetYaml })) {
    expect(await text(path)).toBe(content);
  }
});

describe("all mistakes at once", () => {
  const fix = "Give them as options, or run `bednet init` on a terminal, where it asks; nothing was written.\n";
  test("what is missing", async () => {
    expect(await init("")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `4 things are not right yet:
  --domain: is missing; name that devices connect to, such as mqtt.example.com
  --provider: is missing; digitalocean: a droplet is made; existing: a host that you have, such as digitalocean
  --admin-cidrs: is missing; networks that may use SSH, such as 203.0.113.7/32
  --devices: is missing; devices that the broker must hold, such as 1000
${fix}`,
    });
    expect(await readdir(folder)).toEqual([]);
  });
  test("what is wrong, and a pipeline without a remote state", async () => {
    const options =
      "--provider digitalocean --domain #x --region FRA --address a --admin-cidrs 1.2.3.4/40 --devices many";
    expect((await init(`${options} --ci github --state local`)).stderr).toBe(`8 things are not right yet:
  --domain: "#x": use a full lower-case host name such as mqtt.example.com
  --region: "FRA": use a slug of lower-case letters, digits and -
  --address: host.address has no place beside the other answers; leave it out
  --admin-cidrs: "1.2.3.4/40": use a network such as 203.0.113.7/32
  --devices: "many" is text, expected a number
  --state: local is lost with the runner, and the next run would build a second broker beside the first; use spaces or http
  --state-bucket: is missing; Space for the state, such as acme-state
  --state-region: is missing; region of that Space, such as fra1
${fix}`);
    expect(await readdir(folder)).toEqual([]);
  });
  test("options for a file that is there, and its local state", async () => {
    await init(existing);
    const path = join(folder, "fleet.yaml");
    expect((await init("--ci gitlab --region fra1")).stderr).toBe(`2 things are not right yet:
  --region: ${path} is there already and is not written over; change host.region in it
  --ci: state.backend in ${path}: local is lost with the runner, and the next run would build a second broker beside the first; use spaces or http
Change fleet.yaml and run the command again; nothing was written.
`);
  });
  test.each(['x"\ny', "a: b", "- c", "{d}", "e #f", "*g", "&h", "%i", "\u2028", "'", "no"])(
    "no value breaks out: %j",
    async (value) => {
      const options = existing.split(" ").map((word) => (word === "mqtt.example.com" ? value : word));
      const { stderr } = await run(["init", ...options, "--fleet", join(folder, "fleet.yaml")]);
      expect(stderr.split("\n").filter((line) => line.startsWith("  "))).toEqual([
        expect.stringMatching(/^ {2}--domain: .* use a full lower-case host name/),
      ]);
    },
  );
});

describe("on a terminal", () => {
  const onTerminal = async (options: string, typed: readonly string[]) => {
    const stdin = Object.assign(Readable.from(typed.map((line) => `${line}\n`)), { isTTY: true });
    const written = { out: "", err: "" };
    const exitCode = await main(
      [...`init ${options}`.trim().split(" "), "--fleet", join(folder, "fleet.yaml")],
      "1.2.3",
      {
        env: {},
        stdin,
        stdout: { write: (text) => (written.out += text) },
        stderr: { write: (text) => (written.err += text) },
      },
    );
    return { exitCode, ...written };
  };
  test("it asks for what it needs, and again for what is wrong", async () => {
    const typed = ["mqtt.example.com", "digitalocean", "FRA1", "", "203.0.113.7/32 198.51.100.0/24", "100", "fra1"];
    const { exitCode, err } = await onTerminal("", typed);
    expect(err).toBe(`name that devices connect to, such as mqtt.example.com:
digitalocean: a droplet is made; existing: a host that you have, such as digitalocean:
DigitalOcean region, such as fra1:
DNS zone at DigitalOcean that holds the name; none: you set the record by hand, such as example.com:
networks that may use SSH, such as 203.0.113.7/32:
devices that the broker must hold, such as 1000:
host.region: "FRA1": use a slug of lower-case letters, digits and -
DigitalOcean region, such as fra1:
`);
    expect(exitCode).toBe(0);
    const { fleet } = await readFleet(join(folder, "fleet.yaml"));
    expect(fleet).toMatchObject({
      host: { region: "fra1", adminCidrs: ["203.0.113.7/32", "198.51.100.0/24"] },
      dns: "manual",
    });
  });
  test("what an option says is not asked, and with --ci the state is", async () => {
    const { exitCode, err } = await onTerminal(`${existing} --ci github`, ["local", "spaces", "acme-state", "ams3"]);
    expect(err).toContain("state.backend: local is lost with the runner");
    expect(exitCode).toBe(0);
    expect((await readFleet(join(folder, "fleet.yaml"))).fleet.state).toMatchObject({
      bucket: "acme-state",
      region: "ams3",
    });
  });
  test("no answer ends it, and nothing is written", async () => {
    const { exitCode, err } = await onTerminal("", ["mqtt.example.com"]);
    expect([exitCode, err.split("\n").at(-3)]).toEqual([1, "the questions were not answered"]);
    expect(await readdir(folder)).toEqual([]);
  });
});
