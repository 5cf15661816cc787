// The ACME server of a rehearsal, with certbot in a real guest and without any guest.
import { X509Certificate } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Acme, startAcme } from "../../sandbox/acme.ts";
import { bootGuest } from "../../sandbox/guest.ts";
import { leftovers } from "../../sandbox/leftovers.ts";
import { canRehearse, missingPackages } from "../../sandbox/requirements.ts";

const resolverOf = ({ dnsServer }: Acme): Resolver => {
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([`${dnsServer.address}:${dnsServer.port}`]);
  return resolver;
};

const statusOf = (url: string, ca?: string): Promise<number | string> =>
  new Promise((done) => {
    get(url, { ca, agent: false }, (answer) => done(answer.statusCode ?? 0)).on("error", (error) =>
      done((error as NodeJS.ErrnoException).code ?? error.message),
    );
  });

const hasPebble = !(await missingPackages()).includes("pebble");
const verdict = await canRehearse();

test.runIf(hasPebble)(
  "names have the address they were given and no other; HTTPS is trusted through its own CA",
  async () => {
    const folders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("bednet-acme-"));
    const before = await folders();
    const acme = await startAcme({ bindAddress: "127.0.0.1" });
    try {
      const dns = resolverOf(acme);
      await acme.setAddress("mqtt.example.com", "127.0.0.9");
      expect(await dns.resolve4("mqtt.example.com")).toEqual(["127.0.0.9"]);
      await expect(dns.resolve6("mqtt.example.com")).rejects.toMatchObject({ code: "ENODATA" });
      await expect(dns.resolve4("other.example.com")).rejects.toMatchObject({ code: "ENODATA" });
      await acme.setAddress("mqtt.example.com", "127.0.0.10");
      expect(await dns.resolve4("mqtt.example.com")).toEqual(["127.0.0.10"]);
      expect(await statusOf(acme.directoryUrl, acme.serverCaPem)).toBe(200);
      expect(await statusOf(acme.directoryUrl, await acme.trustPem())).not.toBe(200);
      expect(await folders()).toEqual(before);
    } finally {
      await acme.stop();
    }
    expect(await statusOf(acme.directoryUrl, acme.serverCaPem)).toBe("ECONNREFUSED");
  },
);

test.runIf(verdict.ok)(
  "certbot in a guest gets a certificate over HTTP-01, and not for a name that points elsewhere",
  async () => {
    const guest = await bootGuest({ release: "trixie" });
    try {
      const acme = await startAcme({ bindAddress: guest.gateway, runFolder: guest.folder, certificateDays: 30 });
      await writeFile(join(guest.root, "etc/acme-ca.pem"), acme.serverCaPem);
      await guest.exec(["apt-get", "install", "-qqy", "certbot"]);
      const certbot = (domain: string) =>
        guest.exec([
          ...(["env", "REQUESTS_CA_BUNDLE=/etc/acme-ca.pem", "certbot", "certonly", "--standalone", "-n"] as const),
          ...["--agree-tos", "--register-unsafely-without-email", "--server", acme.directoryUrl, "-d", domain],
        ]);
      await acme.setAddress("mqtt.example.com", guest.address);
      await acme.setAddress("elsewhere.example.com", guest.gateway);
      expect(await certbot("mqtt.example.com")).toMatchObject({ exitCode: 0 });
      expect((await certbot("elsewhere.example.com")).exitCode).toBe(1);
      const live = (name: string): string =>
        readFileSync(join(guest.root, "etc/letsencrypt/archive/mqtt.example.com", name), "utf8");
      const [leaf, intermediate, root] = [live("cert1.pem"), live("chain1.pem"), await acme.trustPem()].map(
        (pem) => new X509Certificate(pem),
      ) as [X509Certificate, X509Certificate, X509Certificate];
      expect(leaf.verify(intermediate.publicKey)).toBe(true);
      expect(intermediate.verify(root.publicKey)).toBe(true);
      const days = (Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000;
      expect(days).toBeCloseTo(30, 2);
    } finally {
      expect(await guest.stop()).toEqual([]); // takes the ACME server along
    }
    expect(await leftovers()).toEqual([]);
  },
);
