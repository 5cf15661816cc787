// What a broker as a process stands on: a scratch folder, free ports, Debian's main file and the bundle's own.
import { mkdir, writeFile } from "node:fs/promises";
import { totalmem, userInfo } from "node:os";
import { dirname, join } from "node:path";
import type { Bundle } from "../templates/bundle.ts";
import type { HostFacts } from "../templates/host-facts.ts";
import { run, runAny } from "./command.ts";
import { freePorts } from "./free-ports.ts";

/** Stands for the outside: macOS has no second IPv4 loopback address, so there it is the IPv6 one. */
export const OUTSIDE = process.platform === "linux" ? "127.0.0.2" : "::1";

export async function factsOf(folder: string, program: string): Promise<HostFacts> {
  const { stdout } = await runAny([program, "-h"]);
  const mosquittoVersion = /mosquitto version (\S+)/.exec(stdout)?.[1];
  if (mosquittoVersion === undefined) throw new Error(`${program} -h does not say its version`);
  const [[tls], [loopback]] = await Promise.all([freePorts(OUTSIDE, 1), freePorts("127.0.0.1", 1)]);
  // Started by root, mosquitto gives its rights up for the user mosquitto.
  const user = userInfo().uid === 0 ? "mosquitto" : userInfo().username;
  return {
    mosquittoVersion,
    ipv6: false,
    memoryBytes: totalmem(),
    sshPort: 22,
    firewall: "cloud",
    ports: { tls: tls!, loopback: loopback!, acme: 80 },
    paths: { confd: join(folder, "conf.d"), broker: join(folder, "bednet") },
    user,
    group: user,
  };
}

/** The main file is Debian's; everything else is the bundle's. */
export async function layOut(
  folder: string,
  facts: HostFacts,
  bundle: Pick<Bundle, "files" | "certificate">,
  certificate: { readonly chain: string; readonly key: string },
): Promise<void> {
  const main = `persistence true\npersistence_location ${folder}/data/\nlog_dest file ${folder}/log/mosquitto.log\ninclude_dir ${facts.paths.confd}\n`;
  const files = [
    { path: join(folder, "mosquitto.conf"), content: main, mode: "0644" },
    ...bundle.files.filter(({ path }) => path.startsWith(`${folder}/`)),
    { path: bundle.certificate.file, content: `${certificate.chain}\n${certificate.key}`, mode: "0600" },
  ];
  for (const name of ["data", "log"]) await mkdir(join(folder, name));
  for (const { path, content, mode } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, onLoopback(content, facts.ports.tls), { mode: Number.parseInt(mode, 8) });
  }
  if (userInfo().uid === 0) await run(["chown", "-R", `${facts.user}:`, folder]);
}

/** On a host the TLS listener is everybody's; here nobody outside this machine may reach it. */
function onLoopback(content: string, tlsPort: number): string {
  return content.replace(new RegExp(`^listener ${tlsPort}$`, "m"), `listener ${tlsPort} ${OUTSIDE}`);
}
