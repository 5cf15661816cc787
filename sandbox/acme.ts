// A real ACME server for a rehearsal: Pebble, and the DNS that it and our own DNS gate ask.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeAuthority } from "./authority.ts";
import { type Daemon, startDaemon } from "./daemon.ts";
import { fetchText } from "./fetch-text.ts";
import { freePorts } from "./free-ports.ts";

export interface AcmeOptions {
  /** A guest's gateway, or 127.0.0.1. */
  readonly bindAddress: string;
  /** The guest's run folder: the server then lives, is kept and is removed with it. Without one it ends with us. */
  readonly runFolder?: string;
  /** Where HTTP-01 is asked. */
  readonly httpPort?: number;
  /** Lifetime of what it issues; Pebble's own default is five years. */
  readonly certificateDays?: number;
  readonly signal?: AbortSignal;
}

export interface Acme {
  readonly directoryUrl: string;
  /** Signs the server's own HTTPS; not what it issues. */
  readonly serverCaPem: string;
  readonly dnsServer: { readonly address: string; readonly port: number };
  /** The root that issued certificates end in. Not the intermediate: with it a broker that forgets its chain would pass. */
  trustPem(): Promise<string>;
  /** The A records of `domain`, in place of those it had; there is no AAAA. */
  setAddress(domain: string, ...ipv4: string[]): Promise<void>;
  stop(): Promise<void>;
}

const deadlineMs = 15_000;

export async function startAcme(options: AcmeOptions): Promise<Acme> {
  const { bindAddress, runFolder, signal } = options;
  const folder = await mkdtemp(join(runFolder ?? tmpdir(), "bednet-acme-"));
  const daemons: Daemon[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(daemons.map((daemon) => daemon.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const authority = await makeAuthority({ name: "bednet rehearsal ACME server" });
    const own = await authority.issue({ names: [bindAddress] });
    await writeFile(join(folder, "server.pem"), own.fullchainPem);
    await writeFile(join(folder, "server.key"), own.privateKeyPem, { mode: 0o600 });
    const [acmePort, managePort, dnsPort] = await freePorts(bindAddress, 3);
    const [recordsPort] = await freePorts("127.0.0.1", 1);
    await writeFile(join(folder, "pebble.json"), pebbleConfig(options, folder, acmePort!, managePort!));
    const dns = `${bindAddress}:${dnsPort}`;
    const records = `127.0.0.1:${recordsPort}`;
    // Its defaults would answer 127.0.0.1 and ::1 for every name nobody set.
    const noDefaults = ["-defaultIPv4", "", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", ""];
    const dnsLog = join(folder, "dns.log");
    const acmeLog = join(folder, "acme.log");
    daemons.push(
      await startDaemon(["pebble-challtestsrv", ...noDefaults, "-dns01", dns, "-management", records], {
        log: dnsLog,
        runFolder,
      }),
      await startDaemon(["pebble", "-config", join(folder, "pebble.json"), "-dnsserver", dns], {
        log: acmeLog,
        runFolder,
        env: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0", PEBBLE_AUTHZREUSE: "0" },
      }),
    );
    const directoryUrl = `https://${bindAddress}:${acmePort}/dir`;
    const https = { ca: authority.rootPem };
    const post = async (path: string, body: object): Promise<void> => {
      const answer = await fetch(`http://${records}/${path}`, { method: "POST", body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`the rehearsal's DNS refused ${path}: ${answer.status} ${await answer.text()}`);
    };
    await untilAnswers(daemons, signal, async () => {
      await fetchText(directoryUrl, https);
      await post("clear-a", { host: "bednet.invalid" });
    });
    if (runFolder === undefined) await rm(folder, { recursive: true }); // both hold what they need open; kill -9 leaves no folder
    return {
      directoryUrl,
      serverCaPem: authority.rootPem,
      dnsServer: { address: bindAddress, port: dnsPort! },
      trustPem: () => fetchText(`https://${bindAddress}:${managePort}/roots/0`, https),
      setAddress: async (domain, ...ipv4) => {
        await post("clear-a", { host: `${domain}.` }); // it would add to what is there
        if (ipv4.length > 0) await post("add-a", { host: `${domain}.`, addresses: ipv4 });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function pebbleConfig(options: AcmeOptions, folder: string, acmePort: number, managePort: number): string {
  const { bindAddress, httpPort = 80, certificateDays } = options;
  const pebble = {
    listenAddress: `${bindAddress}:${acmePort}`,
    managementListenAddress: `${bindAddress}:${managePort}`,
    certificate: join(folder, "server.pem"),
    privateKey: join(folder, "server.key"),
    httpPort,
    tlsPort: 443,
    ocspResponderURL: "",
    externalAccountBindingRequired: false,
    ...(certificateDays === undefined ? {} : { certificateValidityPeriod: Math.round(certificateDays * 86_400) }),
  };
  return JSON.stringify({ pebble });
}

async function untilAnswers(
  daemons: Daemon[],
  signal: AbortSignal | undefined,
  ask: () => Promise<void>,
): Promise<void> {
  const started = Date.now();
  for (;;) {
    signal?.throwIfAborted();
    const failure = await ask().then(
      () => undefined,
      (error: Error) => error,
    );
    if (failure === undefined) return;
    const dead = daemons.find(({ ended }) => ended);
    if (dead || Date.now() - started > deadlineMs) {
      const said = dead ? `:\n${await readFile(dead.log, "utf8")}` : "";
      throw new Error(`the rehearsal's ACME server did not start (${failure.message})${said}`, { cause: failure });
    }
    await sleep(30);
  }
}
