// Starts a victim and ends it at the moment it says a certain word.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { killGroup } from "../../sandbox/command.ts";

export interface Victim {
  readonly process: ChildProcess;
  /** Everything it has said so far. */
  readonly said: () => string;
  /** Resolves with the match as soon as it says it. */
  hears(pattern: RegExp): Promise<RegExpExecArray>;
  /** As a terminal does it: to the process and all that share its group. */
  signal(name: NodeJS.Signals): void;
  /** Exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

export function startVictim(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  script = "sandbox-victim.ts",
): Victim {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", file, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let text = "";
  const listeners = new Set<() => void>();
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (const listener of listeners) listener();
    });
  }
  const hears = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(text);
        if (match) resolve(match);
        if (match) listeners.delete(look);
      };
      listeners.add(look);
      look();
      void ended.then(() => setTimeout(() => reject(new Error(`it ended without saying ${pattern}:\n${text}`)), 200));
    });
  return { process: child, said: () => text, hears, signal: (name) => killGroup(child.pid, name), ended };
}

export const forwarding = (): string => readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8").trim();
