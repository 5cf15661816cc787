// SSH keys of the account, found by number or by fingerprint.
import { createHash } from "node:crypto";
import type { Cloud } from "./cloud.ts";
import { page } from "./paging.ts";
import { type Call, created, known, noContent, ok, type Routes, text, unprocessable } from "./route.ts";

export interface Key {
  readonly id: number;
  readonly fingerprint: string;
  readonly publicKey: string;
  name: string;
}

export function addKey(cloud: Cloud, name: string, publicKey: string): Key {
  const fingerprint = md5Of(publicKey);
  if (cloud.keys.some((key) => key.fingerprint === fingerprint)) {
    throw unprocessable("SSH Key is already in use on your account");
  }
  const key = { id: cloud.nextId(), fingerprint, publicKey, name };
  cloud.keys.push(key);
  return key;
}

/** For a droplet that is being created. */
export function publicKeyOf({ keys }: Cloud, name: unknown): string {
  const key = keys.find(({ id, fingerprint }) => id === name || fingerprint === name);
  if (!key) throw unprocessable(`${name} are invalid key identifiers for Droplet creation.`);
  return key.publicKey;
}

/** As `ssh-keygen -E md5 -l` prints it, without the name of the hash. */
function md5Of(line: string): string {
  const [type, blob = ""] = line.trim().split(/\s+/);
  const bytes = Buffer.from(blob, "base64");
  const named = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE()).toString("latin1") : "";
  if (named !== type) throw unprocessable("Key invalid, key should be of the format `ssh-rsa ...` or another type");
  return createHash("md5").update(bytes).digest("hex").match(/../g)!.join(":");
}

const json = ({ id, fingerprint, publicKey, name }: Key): object => ({ id, fingerprint, public_key: publicKey, name });

const wanted = ({ keys }: Cloud, { params }: Call): Key =>
  known(keys.find(({ id, fingerprint }) => String(id) === params.key || fingerprint === params.key));

export const keyRoutes: Routes = {
  "GET /v2/account/keys": (cloud, call) => page("ssh_keys", "/v2/account/keys", cloud.keys.map(json), call),
  "POST /v2/account/keys": (cloud, { body }) =>
    created({ ssh_key: json(addKey(cloud, text(body, "name"), text(body, "public_key"))) }),
  "GET /v2/account/keys/:key": (cloud, call) => ok({ ssh_key: json(wanted(cloud, call)) }),
  "PUT /v2/account/keys/:key": (cloud, call) => {
    const key = wanted(cloud, call);
    key.name = text(call.body, "name");
    return ok({ ssh_key: json(key) });
  },
  "DELETE /v2/account/keys/:key": (cloud, call) => {
    cloud.keys.splice(cloud.keys.indexOf(wanted(cloud, call)), 1);
    return noContent;
  },
};
