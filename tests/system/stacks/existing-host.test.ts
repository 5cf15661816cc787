// A host that is there already, deployed by the real Terraform with its built-in provider alone: converged, verified, left as it is.
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Acme, startAcme } from "../../../sandbox/acme.ts";
import { bootGuest, type Guest } from "../../../sandbox/guest.ts";
import { root } from "../../unit/stacks/variants.ts";
import { hasTerraform, quietly, terraformBinary } from "./requirements.ts";

const exec = promisify(execFile);
const example = join(root, "examples/existing-host");

describe.skipIf(!hasTerraform)("examples/existing-host on a throw-away host", () => {
  const folder = mkdtempSync(join(tmpdir(), "bednet-existing-"));
  const at = (file: string): string => join(folder, file);
  let guest: Guest;
  let acme: Acme;
  let env: NodeJS.ProcessEnv;
  const bednet = (...argv: string[]) =>
    exec(process.execPath, [join(root, "cli/bin.mjs"), ...argv], { cwd: folder, env });
  const terraform = async (...argv: string[]): Promise<{ exitCode: number; said: string }> => {
    const stack = at("cdktf.out/stacks/existing-host");
    const ended = await exec(terraformBinary, [`-chdir=${stack}`, ...argv, "-no-color"], { env }).catch(
      (error) => error,
    );
    return { exitCode: ended.code ?? 0, said: `${ended.stdout}${ended.stderr}` };
  };

  beforeAll(async () => {
    guest = await bootGuest({ release: "trixie" });
    acme = await startAcme({ bindAddress: guest.gateway, runFolder: guest.folder });
    await acme.setAddress("mqtt.example.com", guest.address);
    mkdirSync(at("home/.ssh"), { recursive: true, mode: 0o700 });
    cpSync(guest.privateKeyFile, at("home/.ssh/id_ed25519"));
    const { address, port } = acme.dnsServer;
    env = { ...quietly, HOME: at("home"), SSH_AUTH_SOCK: "", BEDNET_DNS_SERVERS: `${address}:${port}` };
    const tls = `{ issuer: acme, server: "${acme.directoryUrl}", serverCaFile: acme.pem, trustFile: roots.pem }`;
    const yaml = readFileSync(join(example, "fleet.yaml"), "utf8")
      .replace("{ issuer: letsencrypt }", tls)
      .replace("203.0.113.20", guest.address)
      .replace("203.0.113.7/32", `${guest.gateway}/32`);
    writeFileSync(at("fleet.yaml"), yaml);
    writeFileSync(at("acme.pem"), acme.serverCaPem);
    writeFileSync(at("roots.pem"), await acme.trustPem());
    writeFileSync(at("fleet.hosts"), `${guest.address}:${guest.sshPort} ${guest.hostKey.fingerprint}\n`);
    cpSync(join(example, "devices.csv"), at("devices.csv"));
    await bednet("lock");
    await bednet("synth");
    expect((await terraform("init")).said).toContain("successfully initialized");
  });
  afterAll(async () => {
    await acme?.stop();
    expect(await guest?.stop()).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test("apply converges it and ends with a green checklist", async () => {
    const { exitCode, said } = await terraform("apply", "-auto-approve");
    expect(said).toMatch(/terraform_data\.verify \(local-exec\): .*: 14 passed, \d/);
    expect(exitCode).toBe(0);
    const { outputs } = JSON.parse(readFileSync(at(".bednet/terraform.tfstate"), "utf8"));
    expect(JSON.parse(readFileSync(at(outputs.report.value), "utf8")).findings).toHaveLength(14);
  });

  test("its state lies in .bednet, and holds no secret", () => {
    const state = readFileSync(at(".bednet/terraform.tfstate"), "utf8");
    const key = readFileSync(at(".bednet/key"), "utf8").trim();
    const hashes = readFileSync(at("fleet.lock"), "utf8").match(/\$7\$\S+/g)!;
    expect(state).toContain("rollout_digest");
    expect([key, ...hashes].filter((secret) => state.includes(secret))).toEqual([]);
    expect(existsSync(at("cdktf.out/stacks/existing-host/terraform.tfstate"))).toBe(false);
  });

  test("a second plan is empty", async () => {
    expect((await terraform("plan", "-detailed-exitcode")).exitCode).toBe(0);
  });

  test("one more device: converged and verified again", async () => {
    writeFileSync(at("devices.csv"), `${readFileSync(at("devices.csv"), "utf8")}pump-4,pump\n`);
    await bednet("lock");
    await bednet("synth");
    const { exitCode, said } = await terraform("apply", "-auto-approve");
    expect(said).toContain("2 added, 0 changed, 2 destroyed");
    expect(exitCode).toBe(0);
  });

  test("destroying it leaves the host as it is, and says so", async () => {
    const { exitCode, said } = await terraform("apply", "-destroy", "-auto-approve");
    // Not what Terraform says that it executes, but what that printed.
    expect(said).toContain(
      `terraform_data.host (local-exec): The host ${guest.address} stays as it is, with its broker`,
    );
    expect(exitCode).toBe(0);
    const { stdout } = await guest.exec(["systemctl", "is-active", "mosquitto.service"]);
    expect(stdout.trim()).toBe("active");
  });

  test("bednet deploy takes it on again, finds what was edited on it and puts it right; bednet destroy leaves it", async () => {
    const drift = () => bednet("drift").catch((error: { code: number; stdout: string }) => error);
    expect((await bednet("deploy", "--auto-approve")).stdout).toMatch(/^Runs {5}converge, verify\n[\s\S]*14 passed/);
    expect((await bednet("deploy")).stdout).toMatch(/^Nothing to change\.\n[\s\S]*14 passed/);
    expect(await drift()).toMatchObject({ stdout: "No drift: cloud and host are what fleet.yaml says.\n" });

    await guest.exec(["sed", "-i", "1d", "/etc/mosquitto/bednet/passwd"]);
    const found = await drift();
    expect(found).toMatchObject({ code: 1 });
    expect(found.stdout).toContain("  broker: /etc/mosquitto/bednet/passwd is up to date\n");
    expect(found.stdout).toContain(
      "Runs     converge, verify\nClients  reload: 0 of 0 connected clients are dropped\n",
    );
    await bednet("deploy", "--auto-approve");
    expect(await drift()).not.toHaveProperty("code");

    const { stdout, stderr } = await bednet("destroy", "--auto-approve");
    expect(stdout).toContain("Terraform has forgotten existing-host.\n");
    expect(stderr).toContain(`The host ${guest.address} stays as it is, with its broker running`);
    expect((await guest.exec(["systemctl", "is-active", "mosquitto.service"])).stdout.trim()).toBe("active");
  });
});
