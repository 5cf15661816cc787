// A bundle's broker as an ordinary process on loopback, in a scratch folder that goes away with it.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../fleet/problem.ts";
import type { Bundle } from "../templates/bundle.ts";
import type { HostFacts } from "../templates/host-facts.ts";
import { makeBrokerFolder } from "./broker-folder.ts";
import { factsOf, layOut, OUTSIDE } from "./broker-scratch.ts";
import { forChildren, runAny } from "./command.ts";

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
  /** SIGHUP; resolves when the broker has read its files again. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const program = mosquitto();
  options.signal?.throwIfAborted();
  const folder = await makeBrokerFolder();
  let child: ChildProcess | undefined;
  const cleanUp = (): void => {
    child?.kill("SIGKILL");
    rmSync(folder.path, { recursive: true, force: true });
  };
  process.once("exit", cleanUp);
  const stop = async (): Promise<void> => {
    if (child !== undefined) await end(child);
    await rm(folder.path, { recursive: true, force: true });
    process.removeListener("exit", cleanUp);
  };
  try {
    const { scratch } = folder;
    const facts = await factsOf(scratch, program);
    const logFile = join(scratch, "log/mosquitto.log");
    await layOut(scratch, facts, options.bundleFor(facts), options.certificate);
    const [command, ...args] = [...(await leash(facts.user)), program, "-c", join(scratch, "mosquitto.conf")];
    const env = forChildren(options.env ?? process.env);
    child = spawn(command!, args, { detached: true, stdio: "ignore", env });
    if (child.pid !== undefined) folder.signBroker(child.pid);
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
    return { facts, address: OUTSIDE, port, loopbackPort, pid: broker.pid!, logFile, reload, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends the broker when we end, kill -9 included. Elsewhere than on Linux the next run's sweep does. */
async function leash(user: string): Promise<string[]> {
  const tied = ["setpriv", "--pdeathsig", "KILL"] as const;
  const works = await runAny([...tied, "true"]).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
  if (!works) return [];
  // The kernel lets go at a change of user (prctl(2)), so the broker may not start as root and drop it later.
  return userInfo().uid === 0 ? [...tied, `--reuid=${user}`, `--regid=${user}`, "--init-groups"] : [...tied];
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
