// A host as the look describes it: everything as the small farm's bundle wants it, until a test says otherwise.
import { createHash } from "node:crypto";
import { inForce } from "../../../provisioning/resources/broker.ts";
import { stateOf } from "../../../provisioning/resources/file.ts";
import { runbook } from "../../../provisioning/runbook.ts";
import type { Entry } from "../../../provisioning/step.ts";
import { makeAuthority } from "../../../sandbox/authority.ts";
import type { Bundle } from "../../../templates/bundle.ts";
import { makeBundle } from "../../../templates/bundle.ts";
import { exampleFleet, wantedOf } from "../../example-bundle.ts";

export const { fleet, lock } = await exampleFleet("small-farm");
export const bundle = makeBundle(wantedOf(fleet, lock));

const authority = await makeAuthority({ name: "sample" });

export interface SampleCertificate {
  readonly keyType?: "ecdsa" | "rsa";
  readonly name?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly installed?: "installed" | "elsewhere";
  readonly server?: string;
}

/** The line that look prints of a lineage. */
export async function certificateState(options: SampleCertificate = {}): Promise<string> {
  const { keyType = "ecdsa", name = bundle.certificate.domain, installed = "installed", notBefore, notAfter } = options;
  const issued = await authority.issue({
    ...{ names: [name], keyType },
    ...(notBefore && { notBefore }),
    ...(notAfter && { notAfter }),
  });
  const der = issued.certificatePem.replace(/-----[^-]+-----|\n/g, "");
  return `${options.server ?? bundle.certificate.server} ${installed} ${Math.floor(Date.now() / 1000)} ${der}`;
}

const goodCertificate = await certificateState();

export function settledState({ resource, name }: Entry, wanted: Bundle = bundle): string {
  switch (resource.kind) {
    case "package":
      return name === "mosquitto" ? "2.0.21-1" : "1";
    case "unit":
      return "enabled active";
    case "certificate":
      return goodCertificate;
    case "broker":
      return inForce(wanted);
    case "folder": {
      const { owner, group, mode } = wanted.folders.find(({ path }) => path === name)!;
      return `${owner}:${group} ${mode.slice(1)}`;
    }
    case "firewall": {
      const file = wanted.at(name);
      return `${stateOf(file)} loaded ${/text ([0-9a-f]+)/.exec(file.content)![1]}`;
    }
    case "file": {
      const file = wanted.files.find(({ path }) => path === name);
      return file === undefined ? "absent" : stateOf(file);
    }
    default:
      throw new Error(`no sample of a ${resource.kind}`);
  }
}

const facts = {
  run: "Abc123",
  ours: "yes",
  distribution: "debian 13",
  memory: String(2 * 1024 ** 3),
  ssh: "203.0.113.7 50000 203.0.113.20 22",
  systemd: "running",
  ipv6: "0",
  rehearsal: "no",
  clients: "3",
  "applied-lock": createHash("sha256").update("lock").digest("hex"),
};

export type FactChanges = Partial<Record<keyof typeof facts, string>>;

/** What look prints; `more`: further facts, `states`: by `kind name`. */
export function lookText(
  changes: FactChanges = {},
  more: readonly (readonly [string, string])[] = [],
  states: Readonly<Record<string, string>> = {},
): string {
  const all = [...Object.entries({ ...facts, ...changes }), ...more].map(([name, value]) => `fact\t${name}\t${value}`);
  const entries = runbook.flatMap((step) => step.entries);
  const lines = entries.map((entry) => {
    const key = `${entry.resource.kind} ${entry.name}`;
    return `${entry.resource.kind}\t${entry.name}\t${states[key] ?? settledState(entry)}`;
  });
  return `${[...all, ...lines].join("\n")}\n`;
}
