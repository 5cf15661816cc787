// Whether the keys of host.sshKeys can be put on a droplet: DigitalOcean takes each public key once per account.
import { createHash } from "node:crypto";
import type { AccountKey } from "../../remote/digitalocean/catalog.ts";
import type { Trouble } from "./trouble.ts";

type SshKey = { readonly publicKey: string } | { readonly fingerprint: string };

/** `ours`: what bednet calls its own keys there. */
export function keyTroubles(keys: readonly SshKey[], account: readonly AccountKey[], ours: string): Trouble[] {
  return keys.flatMap((key, i) => {
    const fingerprint = "fingerprint" in key ? key.fingerprint : md5Of(key.publicKey);
    const known = account.find((one) => one.fingerprint === fingerprint);
    const setting = `host.sshKeys[${i}]`;
    if ("fingerprint" in key && known === undefined) {
      return [
        {
          what: `${setting}: the account has no SSH key ${fingerprint}`,
          wayOut: "add it at https://cloud.digitalocean.com/account/security, or name the public key's file",
        },
      ];
    }
    if ("publicKey" in key && known !== undefined && known.name !== ours) {
      return [
        {
          what: `${setting}: the account has this key already, as ${JSON.stringify(known.name)}, and takes none twice`,
          wayOut: `write its fingerprint in place of the file: "${fingerprint}"`,
        },
      ];
    }
    return [];
  });
}

/** As DigitalOcean writes it. */
export function md5Of(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return createHash("md5")
    .update(blob)
    .digest("hex")
    .replace(/..(?=.)/g, "$&:");
}
