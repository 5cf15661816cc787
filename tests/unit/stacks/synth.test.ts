// A stack out of the files beside fleet.yaml: what is read, what is refused, and that no secret gets into it.
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FleetKey, passwordOf } from "../../../fleet/credentials.ts";
import { writeKey } from "../../../fleet/key-file.ts";
import { readFleet } from "../../../fleet/load.ts";
import { formatLock, type Lock, updateLock } from "../../../fleet/lock.ts";
import type { Problem } from "../../../fleet/problem.ts";
import { synth } from "../../../stacks/synth.ts";
import { rolloutDigest } from "../../../templates/bundle.ts";
import { sampleCsv, sampleWith, sampleYaml } from "../fleet/sample.ts";

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Y6hFWP8qM2YvUq6GvVd9T0rdvnE6bNQ7R3vB1y0aK ana@laptop";
const key = FleetKey.generate();
let folder: string;
let lock: Lock;
const at = (file: string): string => join(folder, file);
const outdir = (): string => at("cdktf.out");
const synthesise = () => synth({ fleetFile: at("fleet.yaml"), outdir: outdir() });
const toldBy = async (): Promise<string> => {
  const problem = await synthesise().then(
    () => undefined,
    (error: Problem) => error,
  );
  return `${problem?.message}\n${problem?.fix}`.replaceAll(folder, "FOLDER");
};

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "bednet-synth-")));
  writeFileSync(at("fleet.yaml"), sampleYaml);
  writeFileSync(at("devices.csv"), sampleCsv);
  writeFileSync(at("deploy.pub"), `${publicKey}\n`);
  lock = updateLock((await readFleet(at("fleet.yaml"))).fleet, undefined, key).lock;
  writeFileSync(at("fleet.lock"), formatLock(lock));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("the stack lies where Terraform is run, and its state in a folder that git does not see", async () => {
  expect(await synthesise()).toEqual({ stackName: "test", folder: join(outdir(), "stacks/test") });
  const json = JSON.parse(readFileSync(join(outdir(), "stacks/test/cdk.tf.json"), "utf8"));
  expect(json.terraform.backend).toEqual({ local: { path: "../../../.bednet/terraform.tfstate" } });
  expect(readFileSync(at(".bednet/.gitignore"), "utf8")).toBe("*\n");
  expect(statSync(at(".bednet")).mode & 0o777).toBe(0o700);
  const { fleet } = await readFleet(at("fleet.yaml"));
  expect(json.output.rollout_digest.value).toBe(rolloutDigest(fleet, lock));
  expect(json.resource.digitalocean_ssh_key["key-1"].public_key).toBe(publicKey);
});

test("a path that Terraform would read as a template stays a path", async () => {
  const odd = mkdtempSync(join(folder, `$\{path.cwd}-%{`));
  for (const file of ["fleet.yaml", "devices.csv", "deploy.pub", "fleet.lock"])
    writeFileSync(join(odd, file), readFileSync(at(file)));
  await synth({ fleetFile: join(odd, "fleet.yaml"), outdir: outdir() });
  const { terraform } = JSON.parse(readFileSync(join(outdir(), "stacks/test/cdk.tf.json"), "utf8"));
  expect(terraform.backend.local.path).toMatch(
    /^\.\.\/\.\.\/\.\.\/\$\$\{path\.cwd\}-%%\{\w+\/\.bednet\/terraform\.tfstate$/,
  );
});

test("no secret is in it: no token, no key, no password, no hash", async () => {
  await writeKey(folder, key);
  const secrets = {
    token: "dop_v1_0123456789abcdef",
    stateKey: "AKIASTATEKEY",
    statePassword: "state-password",
    fleetKey: key.text().reveal(),
    verifyKey: key.verifyKey.text().reveal(),
    ...Object.fromEntries(
      lock.lines.flatMap(({ name, generation, hash }) => [
        [`hash of ${name}`, hash],
        [
          `password of ${name}`,
          passwordOf(name.startsWith("bednet-") ? key.verifyKey : key, name, generation).reveal(),
        ],
      ]),
    ),
  };
  vi.stubEnv("DIGITALOCEAN_TOKEN", secrets.token);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secrets.stateKey);
  vi.stubEnv("TF_HTTP_PASSWORD", secrets.statePassword);
  vi.stubEnv("BEDNET_KEY", secrets.fleetKey);
  await synthesise();
  const files = readdirSync(outdir(), { recursive: true, encoding: "utf8" })
    .map((file) => join(outdir(), file))
    .filter((file) => statSync(file).isFile());
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
  expect(text).toContain("digitalocean_droplet");
  expect(Object.entries(secrets).filter(([, secret]) => text.includes(secret))).toEqual([]);
  expect(Object.keys(secrets).length).toBeGreaterThan(20);
});

describe("refused is", () => {
  test("a fleet that the lock does not know", async () => {
    writeFileSync(at("devices.csv"), `${sampleCsv}soil-3,sensor\n`);
    expect(await toldBy()).toBe(
      "fleet.lock does not match the fleet:\n  1 not in the lock: soil-3\nRun `bednet lock` and commit fleet.lock.",
    );
  });

  test("a key file that is not there", async () => {
    rmSync(at("deploy.pub"));
    expect(await toldBy()).toBe(
      "host.sshKeys[0]: cannot read FOLDER/deploy.pub: ENOENT: no such file or directory, open 'FOLDER/deploy.pub'\n" +
        "Make a key pair with: ssh-keygen -t ed25519 -f FOLDER/deploy, or name another public key in host.sshKeys; nothing was changed.",
    );
  });

  test("the private half of it", async () => {
    writeFileSync(at("deploy.pub"), "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----\n");
    expect(await toldBy()).toBe(
      "host.sshKeys[0]: FOLDER/deploy.pub is a private key\nName the file that ends in .pub; nothing was changed.",
    );
  });

  test("something else", async () => {
    writeFileSync(at("deploy.pub"), `${publicKey}\n${publicKey}\n`);
    expect(await toldBy()).toBe(
      "host.sshKeys[0]: FOLDER/deploy.pub is no public key\nIt must be one line such as: ssh-ed25519 AAAA… ana@laptop; nothing was changed.",
    );
  });
});

test("a fingerprint needs no file", async () => {
  const fingerprint = "3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa";
  rmSync(at("deploy.pub"));
  writeFileSync(at("fleet.yaml"), sampleWith({ "region: fra1": `region: fra1, sshKeys: ["${fingerprint}"]` }));
  await synthesise();
  const json = JSON.parse(readFileSync(join(outdir(), "stacks/test/cdk.tf.json"), "utf8"));
  expect(json.resource.digitalocean_droplet.droplet.ssh_keys).toEqual([fingerprint]);
  expect(json.resource).not.toHaveProperty("digitalocean_ssh_key");
});
