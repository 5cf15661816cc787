// bednet rehearse --keep: what a person needs to go on with the host by hand, as lines to paste.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Lock } from "../fleet/lock.ts";
import type { Guest } from "../sandbox/guest.ts";
import { ownCommand } from "./own-command.ts";
import type { Site } from "./site.ts";

/** What ssh and bednet are pointed at is in the run's own folder; it goes away with the host. `known`: the committed lock. */
export async function keptHost(
  { fleet, acmeCaPem, trust }: Site,
  guest: Guest,
  dnsServer: string,
  known: Lock | undefined,
): Promise<string> {
  const { name, address, gateway, sshPort, hostKey, privateKeyFile, folder } = guest;
  const file = async (file: string, content: string): Promise<string> => {
    const path = join(folder, file);
    await writeFile(path, content);
    return path;
  };
  const place = sshPort === 22 ? address : `[${address}]:${sshPort}`;
  const knownHosts = await file("known_hosts", `${place} ${hostKey.line}\n`);
  const serverCaFile = await file("acme-ca.pem", acmeCaPem!);
  const trustFile = await file("trust.pem", trust);
  const { domain, tls } = fleet.broker;
  const bednet = ownCommand();
  // Without a lock the copy may get a key of its own, and the host has to be given to it.
  const force = known === undefined ? " --force" : "";
  const port = sshPort === 22 ? "" : ` -p ${sshPort}`;
  return `The host ${name} stays up at ${address}.
  log in:    ssh -i ${privateKeyFile} -o UserKnownHostsFile=${knownHosts}${port} root@${address}
  host key:  ${hostKey.fingerprint}
  remove:    ${bednet} rehearse --remove ${name}

To go on with it by hand, copy fleet.yaml's folder and put this in the place of its broker and host:

broker:
  domain: ${domain}
  tls:
    issuer: acme
    server: ${tls.issuer === "acme" ? tls.server : ""}
    serverCaFile: ${serverCaFile}
    trustFile: ${trustFile}
    keyType: ${tls.keyType}
host:
  provider: existing
  address: ${address}
  port: ${sshPort}
  adminCidrs: [${gateway}/32]

Then, in that folder:

${bednet} lock
${bednet} converge${force} --identity ${privateKeyFile} --host-key ${hostKey.fingerprint}
${bednet} verify --address ${address}

For \`bednet deploy\` and \`cdktf deploy\`, which ask by name:

export BEDNET_IDENTITY=${privateKeyFile} BEDNET_DNS_SERVERS=${dnsServer}`;
}
