// One SSH connection to a host whose key we know. A dropped link is never a success.
import { connect as connectTcp, type Socket } from "node:net";
import { NodeSSH } from "node-ssh";
import { Problem } from "../fleet/problem.ts";
import type { Host, Output, RunOptions } from "./host.ts";
import { type Fingerprint, fingerprintOf } from "./host-key.ts";
import { type Script, sh } from "./sh.ts";

export interface SshTarget {
  readonly address: string;
  readonly port: number;
  /** root, or a user with passwordless sudo. */
  readonly user: string;
  /** What the host must show; undefined: nothing is known yet, so the connection stops and says what it saw. */
  readonly pin: Fingerprint | undefined;
  /** A private key in PEM or OpenSSH form, or an agent's socket. */
  readonly login: { readonly privateKey: string } | { readonly agent: string };
  readonly connectDeadlineMs?: number;
}

const CONNECT_DEADLINE_MS = 20_000;
const RUN_DEADLINE_MS = 120_000;
/** A silent peer is given up after three missed answers. */
const KEEPALIVE_MS = 5_000;

/** The host showed a key and we had none to compare with. */
export class UnknownHostKey extends Problem {
  override name = "UnknownHostKey";
  readonly seen: Fingerprint;
  constructor(where: string, seen: Fingerprint) {
    super(
      `${where} is not known yet; it shows the host key ${seen}`,
      `Compare it with what the host's console prints for ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub, then run the command again with --host-key ${seen}; nothing was sent.`,
    );
    this.seen = seen;
  }
}

export async function connect(target: SshTarget, signal?: AbortSignal): Promise<Host> {
  const where = `${target.user}@${target.address}:${target.port}`;
  const deadlineMs = target.connectDeadlineMs ?? CONNECT_DEADLINE_MS;
  // Nagle must be off before the first packet: ssh2 turns it off too late, which costs 40 ms (facts: ssh.md).
  const socket = await openSocket(target, where, deadlineMs);
  const ssh = new NodeSSH();
  let seen: Fingerprint | undefined;
  try {
    await ssh.connect({
      sock: socket,
      username: target.user,
      ...target.login,
      readyTimeout: deadlineMs,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: 3,
      hostVerifier: (key: Buffer) => {
        seen = fingerprintOf(key);
        return seen === target.pin;
      },
    });
  } catch (error) {
    socket.destroy();
    throw refusal(where, target, seen, error);
  }
  // node-ssh stops listening once connected; an unheard "error" would end the process.
  ssh.connection!.on("error", () => {});
  const abort = () => ssh.dispose();
  signal?.addEventListener("abort", abort, { once: true });
  return {
    name: target.address,
    run: (script, options = {}) => run(ssh, target.user, script, options),
    close: async () => {
      signal?.removeEventListener("abort", abort);
      const closed = new Promise((resolve) => socket.once("close", resolve));
      ssh.dispose();
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500).unref())]);
      socket.destroy();
    },
  };
}

function run(ssh: NodeSSH, user: string, script: Script, options: RunOptions): Promise<Output> {
  // sudo clears the environment, so a script finds where it was called from in $1.
  const command = sh`${user === "root" ? sh`` : sh`sudo -n `}sh -c ${script.text} sh "$SSH_CONNECTION"`;
  return new Promise((resolve) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let pending = "";
    const settle = (exitCode: number | null, note = "") => {
      clearTimeout(timer);
      resolve({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() + note, exitCode });
    };
    const deadlineMs = options.deadlineMs ?? RUN_DEADLINE_MS;
    const timer = setTimeout(() => {
      ssh.dispose();
      settle(null, `\nno end within ${deadlineMs / 1000} s`);
    }, deadlineMs);
    if (!ssh.connection) return settle(null);
    ssh.connection.exec(command.text, (error, channel) => {
      if (error) return settle(null, error.message);
      let exitCode: number | null = null;
      channel.on("data", (chunk: Buffer) => stdout.push(chunk));
      channel.stderr.on("data", (chunk: Buffer) => {
        stderr.push(chunk);
        const lines = (pending + chunk.toString()).split("\n");
        pending = lines.pop()!;
        for (const line of lines) options.onLine?.(line);
      });
      channel.on("exit", (code: number | null) => {
        exitCode = code;
      });
      channel.on("error", () => {});
      channel.on("close", () => settle(exitCode));
      channel.end(options.stdin ?? "");
    });
  });
}

function openSocket(target: SshTarget, where: string, deadlineMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: target.address, port: target.port, noDelay: true });
    const fail = (reason: string) => {
      socket.destroy();
      reject(
        new Problem(
          `${where}: no SSH connection: ${reason}`,
          "Check host.address and host.port, that the host is up, and that your address may use SSH.",
          { exitCode: 2 },
        ),
      );
    };
    socket.setTimeout(deadlineMs, () => fail(`no answer within ${deadlineMs / 1000} s`));
    socket.once("error", (error) => fail(error.message));
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeAllListeners("error");
      socket.on("error", () => {});
      resolve(socket);
    });
  });
}

function refusal(where: string, target: SshTarget, seen: Fingerprint | undefined, error: unknown): Problem {
  if (seen && !target.pin) return new UnknownHostKey(where, seen);
  if (seen && seen !== target.pin) {
    return new Problem(
      `${where} shows the host key ${seen}, but ${target.pin} is pinned`,
      "Somebody may be in between, or the host was rebuilt. If you know that it was rebuilt, remove its line from fleet.hosts and run the command again; nothing was sent.",
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  const level = (error as { level?: string }).level;
  if (level === "client-authentication") {
    const tried = "agent" in target.login ? "the SSH agent's keys" : "the private key";
    return new Problem(
      `${where}: the host refused ${tried}`,
      `Check that ${target.user} may log in with this key: ssh -p ${target.port} ${target.user}@${target.address}`,
    );
  }
  return new Problem(
    `${where}: no SSH connection: ${message}`,
    "Check that this is an SSH server and run the command again.",
    { exitCode: 2 },
  );
}
