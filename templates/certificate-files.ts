// What keeps the certificate renewed and brings every renewal into the running broker.
import type { Fleet } from "../fleet/schema.ts";
import type { Wanted } from "./bundle.ts";
import { certificatePair, type HostFacts } from "./host-facts.ts";
import { type HostFile, printFile, rootFile } from "./host-file.ts";
import { scriptWord, systemdValue } from "./quote.ts";

export interface Certificate {
  readonly domain: string;
  /** Directory URL of the ACME server. */
  readonly server: string;
  readonly email?: string;
  readonly keyType: "ecdsa" | "rsa";
  /** Where the broker reads chain and key, in one file. */
  readonly file: string;
}

const servers = {
  letsencrypt: "https://acme-v02.api.letsencrypt.org/directory",
  "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
} as const;

const caFile = "/etc/bednet/acme-ca.pem";

export function certificateOf({ broker }: Fleet, facts: HostFacts): Certificate {
  const { tls, domain } = broker;
  return {
    domain,
    server: tls.issuer === "acme" ? tls.server : servers[tls.issuer],
    ...(tls.email !== undefined && { email: tls.email }),
    keyType: tls.keyType,
    file: certificatePair(facts.paths),
  };
}

export function certificateFiles({ facts, acmeCaPem }: Wanted): HostFile[] {
  const hook = printFile("deploy-hook.hbs", {
    folder: scriptWord(`${facts.paths.broker}/tls`),
    certificatePair: scriptWord(certificatePair(facts.paths)),
    user: scriptWord(facts.user),
    group: scriptWord(facts.group),
  });
  const deployHook = rootFile({ path: "/usr/local/lib/bednet/deploy-hook", content: hook, mode: "0755" });
  if (acmeCaPem === undefined) return [deployHook];
  const dropIn = printFile("certbot.service.hbs", { caFile: systemdValue(caFile) });
  return [
    deployHook,
    rootFile({ path: caFile, content: acmeCaPem }),
    rootFile({ path: "/etc/systemd/system/certbot.service.d/bednet.conf", content: dropIn }),
  ];
}
