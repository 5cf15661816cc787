// The pinned host key of a droplet, as a bare tag, so that every machine with the token compares with the same.
// Bare: tags of the droplet itself belong to Terraform, which would take a strange one away.
import { Problem } from "../../fleet/problem.ts";
import { type Fingerprint, parseFingerprint } from "../host-key.ts";
import { type DigitalOceanApi, orNone } from "./api.ts";
import { dropletById } from "./droplets.ts";

export interface Pin {
  readonly tag: string;
  readonly dropletId: number;
  readonly fingerprint: Fingerprint;
}

const PIN = /^bednet-pin-(\d+)-([0-9a-f]{64})$/;

export function pinTag(dropletId: number, fingerprint: Fingerprint): string {
  const sha256 = Buffer.from(fingerprint.replace("SHA256:", ""), "base64").toString("hex");
  return `bednet-pin-${dropletId}-${sha256}`;
}

async function pins(api: DigitalOceanApi): Promise<Pin[]> {
  const tags = await api.all<{ name: string }>("/v2/tags", "tags");
  return tags.flatMap(({ name: tag }) => {
    const [, id, hex] = PIN.exec(tag) ?? [];
    if (id === undefined || hex === undefined) return [];
    const fingerprint = parseFingerprint(`SHA256:${Buffer.from(hex, "hex").toString("base64")}`);
    return [{ tag, dropletId: Number(id), fingerprint }];
  });
}

/** Undefined: no machine has met this droplet yet. */
export async function pinOf(api: DigitalOceanApi, dropletId: number): Promise<Pin | undefined> {
  const [pin, other] = (await pins(api)).filter((one) => one.dropletId === dropletId);
  if (other === undefined) return pin;
  throw new Problem(
    `droplet ${dropletId} has two pinned host keys: ${pin!.fingerprint} and ${other.fingerprint}`,
    "Compare them with what the droplet's console prints for ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub, and delete the tag of the wrong one " +
      `(${pin!.tag} or ${other.tag}: doctl compute tag delete); nothing was sent.`,
  );
}

/** Two machines that met the droplet at the same time and saw different keys are told so. */
export async function writePin(api: DigitalOceanApi, dropletId: number, fingerprint: Fingerprint): Promise<void> {
  await api.post("/v2/tags", { name: pinTag(dropletId, fingerprint) });
  await pinOf(api, dropletId);
}

/** Of droplets that are gone. An id is never given twice, so nobody else can need them. */
export async function pinsWithoutDroplet(api: DigitalOceanApi): Promise<Pin[]> {
  const all = await pins(api);
  const found = await Promise.all(all.map(({ dropletId }) => dropletById(api, dropletId)));
  return all.filter((_, i) => found[i] === undefined);
}

export async function removePin(api: DigitalOceanApi, pin: Pin): Promise<void> {
  await api.delete(`/v2/tags/${pin.tag}`).catch(orNone);
}
