// What others rely on: names, order, triggers, and the words that Terraform is to spell.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import { exitCodes } from "../../../cli/exit-codes.ts";
import { BrokerStack } from "../../../stacks/broker-stack.ts";
import { run } from "../cli/run.ts";
import { scratchFolder, sourceOf, synthesised, type Variant, variantNames } from "./variants.ts";

interface Resource {
  readonly depends_on?: readonly string[];
  readonly lifecycle?: { create_before_destroy?: boolean; replace_triggered_by?: readonly string[] };
  readonly provisioner?: readonly { "local-exec": { command: string; when?: string } }[];
  readonly triggers_replace?: Record<string, string>;
  readonly [attribute: string]: unknown;
}

const resourcesOf = (variant: Variant): Map<string, Resource> =>
  new Map(
    Object.entries(JSON.parse(synthesised(variant)).resource as Record<string, Record<string, Resource>>).flatMap(
      ([type, named]) => Object.entries(named).map(([name, one]) => [`${type}.${name}`, one] as const),
    ),
  );
const commandsOf = (variant: Variant): string[] =>
  [...resourcesOf(variant).values()].flatMap((one) => (one.provisioner ?? []).map((p) => p["local-exec"].command));

describe("a droplet's stack", () => {
  const all = resourcesOf("digitalocean-all");

  test("everything waits for preflight", () => {
    const reaches = (address: string, seen = new Set<string>()): boolean => {
      if (address === "terraform_data.preflight") return true;
      if (seen.has(address)) return false;
      seen.add(address);
      const { "//": _, ...resource } = all.get(address)!;
      const mentioned = [...all.keys()].filter((other) => JSON.stringify(resource).includes(other));
      return mentioned.some((other) => reaches(other, seen));
    };
    expect([...all.keys()].filter((address) => !reaches(address))).toEqual([]);
  });

  test("a second droplet is there and proved before the first one goes", () => {
    const isFirstMade = (address: string) => all.get(address)?.lifecycle?.create_before_destroy;
    expect(
      [
        "terraform_data.preflight",
        "digitalocean_droplet.droplet",
        "terraform_data.before_address",
        "digitalocean_reserved_ip_assignment.assignment",
        "digitalocean_reserved_ipv6_assignment.assignment6",
      ].filter((address) => !isFirstMade(address)),
    ).toEqual([]);
  });

  test("the firewall is there before the droplet, and goes by tag", () => {
    expect(all.get("digitalocean_droplet.droplet")?.depends_on).toContain("digitalocean_firewall.cloud");
    expect(all.get("digitalocean_firewall.cloud")).not.toHaveProperty("droplet_ids");
  });

  test("the zone is not owned", () => {
    expect([...all.keys()].filter((address) => address.startsWith("digitalocean_domain"))).toEqual([]);
    expect(all.get("digitalocean_record.a")?.name).toBe("@");
  });

  test("what makes a stage run again", () => {
    const triggers = (name: string) => Object.keys(all.get(`terraform_data.${name}`)?.triggers_replace ?? {}).sort();
    expect(triggers("preflight")).toEqual(["config", "digest"]);
    expect(triggers("before_address")).toEqual(["digest", "droplet"]);
    expect(triggers("after_address")).toEqual(["assignment", "digest"]);
    expect(all.get("terraform_data.after_address")?.lifecycle?.replace_triggered_by).toEqual([
      "digitalocean_record.a",
      "digitalocean_record.aaaa",
    ]);
  });

  test("an address that somebody else leads a name to is no reason to ask again", () => {
    expect(resourcesOf("digitalocean-manual-dns").get("terraform_data.after_address")).not.toHaveProperty("lifecycle");
  });
});

test("preflight asks again when the state moves, and not when a topic is added", () => {
  const configOf = (variant: Variant) => resourcesOf(variant).get("terraform_data.preflight")?.triggers_replace?.config;
  expect(configOf("spaces")).not.toBe(configOf("digitalocean"));
});

describe("an existing host's stack", () => {
  const all = resourcesOf("existing");

  test("asks nobody but Terraform's built-in provider", () => {
    expect(JSON.parse(synthesised("existing")).terraform).not.toHaveProperty("required_providers");
    expect([...all.keys()]).toEqual(["terraform_data.converge", "terraform_data.host", "terraform_data.verify"]);
  });

  test("another host is converged although the same belongs on it", () => {
    expect(all.get("terraform_data.converge")?.triggers_replace).toEqual({
      digest: "d1".repeat(32),
      host: "root@203.0.113.20:22",
    });
  });

  test("destroying it says that the host stays", () => {
    const [notice] = all.get("terraform_data.host")?.provisioner ?? [];
    expect(notice?.["local-exec"].when).toBe("destroy");
    expect(execFileSync("/bin/sh", ["-c", notice!["local-exec"].command], { encoding: "utf8" })).toBe(
      "The host 203.0.113.20 stays as it is, with its broker running: bednet did not make it.\n",
    );
  });
});

describe("each command that Terraform is to run", () => {
  const folder = scratchFolder();
  const stackFolder = join(folder, "cdktf.out/stacks/test");
  mkdirSync(stackFolder, { recursive: true });
  afterAll(() => rmSync(folder, { recursive: true }));
  const spelt = [...new Set(variantNames.flatMap(commandsOf))].filter((command) => !command.startsWith("exec echo"));

  test("there are six", () => expect(spelt).toHaveLength(6));

  test.each(spelt)("%s", async (command) => {
    expect(command).toMatch(/^exec node '/);
    // As Terraform fills it in and the shell takes it apart.
    const filled = command
      .replace(/\$\{digitalocean_droplet\.[^}]*\}/, "400000009")
      .replace(/\$\{[^}]*\}/, "198.51.100.1");
    const words = execFileSync("/bin/sh", ["-c", filled.replace("exec node", "exec printf '%s\\n'")], {
      encoding: "utf8",
    });
    const [cli, ...argv] = words.trimEnd().split("\n");
    expect(existsSync(join(stackFolder, cli!))).toBe(true);
    const fleetFile = join(stackFolder, argv[argv.indexOf("--fleet") + 1]!);
    expect(fleetFile).toBe(join(folder, "fleet.yaml"));
    // The file is not there, so a command that was understood has nothing to work on.
    const { exitCode } = await run(argv.map((word) => (word.endsWith("fleet.yaml") ? fleetFile : word)));
    expect(exitCode).not.toBe(exitCodes.usage);
  });
});

describe("within a cdktf app of somebody else", () => {
  test("its properties can be used in other stacks", () => {
    const folder = scratchFolder();
    try {
      const app = new App({ outdir: join(folder, "cdktf.out"), skipValidation: true });
      const broker = new BrokerStack(app, "broker", sourceOf("digitalocean", folder));
      const other = new TerraformStack(app, "other");
      new TerraformOutput(other, "broker", { value: `mqtts://${broker.domain}:8883 at ${broker.address}` });
      expect(broker.size).toBe("s-1vcpu-512mb-10gb");
      expect(broker.rolloutDigest).toBe("d1".repeat(32));
      app.synth();
      const json = readFileSync(join(folder, "cdktf.out/stacks/other/cdk.tf.json"), "utf8");
      expect(JSON.parse(json).output.broker.value).toMatch(
        /^mqtts:\/\/mqtt\.example\.com:8883 at \$\{data\.terraform_remote_state\./,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
