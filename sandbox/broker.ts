// A bundle's broker as an ordinary process on loopback, in a scratch folder that goes away with it.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, totalmem, userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../fleet/problem.ts";
import type { Bundle } from "../templates/bundle.ts";
import type { HostFacts } from "../templates/host-facts.ts";
import { run, runAny } from "./command.ts";

/** Stands for the outside: macOS has no second IPv4 loopback address, so there it is the IPv6 one. */
const OUTSIDE = process.platform === "linux" ? "127.0.0.2" : "::1";
const READY_MS = 10_000;

export interface BrokerOptions {
  /** Given the scratch folder, free ports and who runs the broker; only the files in that folder are used. */
  readonly bundleFor: (facts: HostFacts) => Pick<Bundle, "files" | "certificate">;
  /** PEM, leaf first. */
  readonly certificate: { readonly chain: string; readonly key: string };
  /** Aborted: stops the broker. */
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

export interface RunningBroker {
  readonly facts: HostFacts;
  /** Where the TLS listener is; the loopback listener is not. */
  readonly address: string;
  readonly port: number;
  readonly loopbackPort: number;
  readonly pid: number;
  readonly logFile: string;
  readonly hasExited: () => boolean;
  /** SIGHUP; resolves when the broker has read its files again. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const program = mosquitto();
  options.signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), "bednet-broker-"));
  let child: ChildProcess | undefined;
  const cleanUp = (): void => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", cleanUp);
  const stop = async (): Promise<void> => {
    if (child !== undefined) await end(child);
    await rm(folder, { recursive: true, force: true });
    process.removeListener("exit", cleanUp);
  };
  try {
    const facts = await factsOf(folder, program);
    const logFile = join(folder, "log/mosquitto.log");
    await layOut(folder, facts, options);
    child = spawn(program, ["-c", join(folder, "mosquitto.conf")], {
      detached: true,
      stdio: "ignore",
      env: options.env ?? process.env,
    });
    const { tls: port, loopback: loopbackPort } = facts.ports;
    const broker = child;
    const hasExited = (): boolean => broker.exitCode !== null || broker.signalCode !== null;
    await says(logFile, "running", 1, hasExited);
    options.signal?.addEventListener("abort", () => void stop(), { once: true });
    const reload = async (): Promise<void> => {
      const before = (await linesWith(logFile, "Reloading config")).length;
      broker.kill("SIGHUP");
      await says(logFile, "Reloading config", before + 1, hasExited);
    };
    return { facts, address: OUTSIDE, port, loopbackPort, pid: broker.pid!, logFile, hasExited, reload, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function mosquitto(): string {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"];
  const found = folders.map((folder) => join(folder, "mosquitto")).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Problem(
    "mosquitto is not installed on this machine",
    "Install it (Debian and Ubuntu: `apt install mosquitto`; macOS: `brew install mosquitto`) and run the command again.",
  );
}

async function factsOf(folder: string, program: string): Promise<HostFacts> {
  const { stdout } = await runAny([program, "-h"]);
  const mosquittoVersion = /mosquitto version (\S+)/.exec(stdout)?.[1];
  if (mosquittoVersion === undefined) throw new Error(`${program} -h does not say its version`);
  const [tls, loopback] = await Promise.all([freePort(OUTSIDE), freePort("127.0.0.1")]);
  // Started by root, mosquitto gives its rights up for the user mosquitto.
  const user = userInfo().uid === 0 ? "mosquitto" : userInfo().username;
  return {
    mosquittoVersion,
    ipv6: false,
    memoryBytes: totalmem(),
    sshPort: 22,
    firewall: "cloud",
    ports: { tls, loopback, acme: 80 },
    paths: { confd: join(folder, "conf.d"), broker: join(folder, "bednet") },
    user,
    group: user,
  };
}

/** The main file is Debian's; everything else is the bundle's. */
async function layOut(folder: string, facts: HostFacts, { bundleFor, certificate }: BrokerOptions): Promise<void> {
  const bundle = bundleFor(facts);
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

async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, address, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function linesWith(logFile: string, text: string): Promise<string[]> {
  const log = await readFile(logFile, "utf8").catch(() => "");
  return log.split("\n").filter((line) => line.includes(text));
}

async function says(logFile: string, text: string, times: number, hasExited: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + READY_MS;
  while ((await linesWith(logFile, text)).length < times) {
    if (!hasExited() && performance.now() < giveUpAt) {
      await sleep(10);
      continue;
    }
    const log = (await readFile(logFile, "utf8").catch(() => "")).trim();
    const what = hasExited() ? "mosquitto exited" : `mosquitto did not say "${text}" within ${READY_MS / 1000} s`;
    throw new Problem(`${what}; its log:\n${log.split("\n").slice(-8).join("\n")}`, "Fix what the log names.");
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), 3_000);
  await gone;
  clearTimeout(kill);
}
