// Every kind of stack there is, as fleets to synthesise, and what comes of each.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App } from "cdktf";
import { parseFleet } from "../../../fleet/load.ts";
import { BrokerStack } from "../../../stacks/broker-stack.ts";
import type { StackSource } from "../../../stacks/source.ts";
import { sampleCsv, sampleWith } from "../fleet/sample.ts";

const droplet = "provider: digitalocean, region: fra1";
const onDroplet = (settings: string) => ({ [droplet]: `${droplet}, ${settings}` });
const withState = (state: string) => ({ "host:": `state: ${state}\nhost:` });
const zone = { "classes:": "dns: { zone: example.com }\nclasses:" };
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Y6hFWP8qM2YvUq6GvVd9T0rdvnE6bNQ7R3vB1y0aK ana@laptop";
const fingerprint = "3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa";

const variants = {
  digitalocean: { yaml: zone, sshKeys: [{ publicKey }] },
  "digitalocean-all": {
    yaml: {
      ...onDroplet("size: s-2vcpu-2gb, backups: true, ipv6: true, project: Farm"),
      "classes:": "dns: { zone: mqtt.example.com }\nmonitoring: { email: ops@example.com }\nclasses:",
    },
    sshKeys: [{ publicKey }, { fingerprint }],
  },
  "digitalocean-manual-dns": { yaml: {}, sshKeys: [{ fingerprint }] },
  spaces: {
    yaml: { ...zone, ...withState("{ backend: spaces, bucket: farm-state, region: ams3 }") },
    sshKeys: [{ publicKey }],
  },
  existing: { yaml: { [droplet]: "provider: existing, address: 203.0.113.20" }, sshKeys: [] },
  "existing-http": {
    yaml: {
      [droplet]: "provider: existing, address: broker.example.com, user: ops, port: 2222",
      ...withState(
        "{ backend: http, address: https://state.example.com/farm, lockAddress: https://state.example.com/farm/lock, unlockAddress: https://state.example.com/farm/lock }",
      ),
    },
    sshKeys: [],
  },
} as const satisfies Record<string, { yaml: Record<string, string>; sshKeys: StackSource["sshKeys"] }>;

export type Variant = keyof typeof variants;
export const variantNames = Object.keys(variants) as Variant[];
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A folder as deep in a checkout as any other, so that relative paths are the same in each. Remove it. */
export const scratchFolder = (): string => mkdtempSync(join(root, "node_modules/.bednet-stacks-"));

export function sourceOf(variant: Variant, folder: string): StackSource {
  const { yaml, sshKeys } = variants[variant];
  const files = { yamlFile: "fleet.yaml", csv: sampleCsv, csvFile: "devices.csv" };
  return {
    fleet: parseFleet({ ...files, yaml: sampleWith(yaml) }),
    fleetFile: join(folder, "fleet.yaml"),
    // The real one changes with every template.
    digest: "d1".repeat(32),
    sshKeys,
  };
}

const texts = new Map<Variant, string>();

/** cdk.tf.json as Terraform reads it. */
export function synthesised(variant: Variant): string {
  const text = texts.get(variant) ?? synthesise(variant);
  texts.set(variant, text);
  return text;
}

function synthesise(variant: Variant): string {
  const folder = scratchFolder();
  try {
    const app = new App({ outdir: join(folder, "cdktf.out"), skipValidation: true });
    new BrokerStack(app, "test", sourceOf(variant, folder));
    app.synth();
    return readFileSync(join(folder, "cdktf.out/stacks/test/cdk.tf.json"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
