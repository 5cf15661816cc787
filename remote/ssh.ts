// One SSH connection to a host whose key we know. A dropped link is never a success.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { NodeSSH } from "node-ssh";
import type { AgentAuthMethod, PublicKeyAuthMethod } from "ssh2";
import { Problem } from "../fleet/problem.ts";
import { exec } from "./exec.ts";
import type { Host } from "./host.ts";
import { type Fingerprint, fingerprintOf } from "./host-key.ts";
import type { Identity } from "./login.ts";
import { openSocket } from "./tcp.ts";

export interface SshTarget {
  readonly address: string;
  readonly port: number;
  /** root, or a user with passwordless sudo. */
  readonly user: string;
  /** What the host must show; undefined: nothing is known yet, so the connection stops and says what it saw. */
  readonly pin: Fingerprint | undefined;
  /** What to do, in words, when the pin is an old one; left out: it is in fleet.hosts. */
  readonly ifRebuilt?: string;
  /** Whoever called named the pin for a first contact; it stands nowhere yet. */
  readonly isPinGiven?: boolean;
  readonly login: readonly Identity[];
  readonly notTried?: readonly string[];
  readonly connectDeadlineMs?: number;
  /** A connection on which the host says nothing for so long has dropped. */
  readonly silenceMs?: number;
}

const CONNECT_DEADLINE_MS = 20_000;
const SILENCE_MS = 15_000;
/** Questions that go unanswered before a silent peer is given up. */
const QUESTIONS = 3;

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
  const socket = await openSocket(target, where, deadlineMs, signal);
  const ssh = new NodeSSH();
  const abort = (): void => {
    ssh.dispose();
    socket.destroy();
  };
  signal?.addEventListener("abort", abort, { once: true });
  let seen: Fingerprint | undefined;
  try {
    await ssh.connect({
      sock: socket,
      username: target.user,
      authHandler: target.login.map((identity) => methodOf(target.user, identity)),
      readyTimeout: deadlineMs,
      keepaliveInterval: (target.silenceMs ?? SILENCE_MS) / QUESTIONS,
      keepaliveCountMax: QUESTIONS,
      hostVerifier: (key: Buffer) => {
        seen = fingerprintOf(key);
        return seen === target.pin;
      },
    });
    signal?.throwIfAborted();
  } catch (error) {
    signal?.removeEventListener("abort", abort);
    socket.destroy();
    signal?.throwIfAborted();
    throw refusal(where, target, seen, error);
  }
  // node-ssh stops listening once connected; an unheard "error" would end the process.
  ssh.connection!.on("error", () => {});
  return {
    name: target.address,
    user: target.user,
    run: async (script, options = {}) => {
      signal?.throwIfAborted();
      const output = await exec(ssh, target.user, script, options);
      // Stopped on purpose: what the dropped link looks like from here is of no interest.
      signal?.throwIfAborted();
      return output;
    },
    close: async () => {
      signal?.removeEventListener("abort", abort);
      ssh.dispose();
      // A goodbye that does not get through is not waited for; an aborted socket is closed already.
      if (!socket.closed) await Promise.race([once(socket, "close"), sleep(500, undefined, { ref: false })]);
      socket.destroy();
    },
  };
}

function methodOf(username: string, identity: Identity): AgentAuthMethod | PublicKeyAuthMethod {
  return "agent" in identity
    ? { type: "agent", username, agent: identity.agent }
    : { type: "publickey", username, key: identity.privateKey };
}

const nameOf = (identity: Identity): string =>
  "agent" in identity ? "the SSH agent's keys" : (identity.file ?? "the private key");

const notAsGiven = (where: string, given: Fingerprint, seen: Fingerprint): Problem =>
  new Problem(
    `${where} shows the host key ${seen}, but --host-key says ${given}`,
    "Compare both with what the host's console prints for ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. If it is neither, somebody may be in between; nothing was sent.",
  );

function refusal(where: string, target: SshTarget, seen: Fingerprint | undefined, error: unknown): Problem {
  if (seen && !target.pin) return new UnknownHostKey(where, seen);
  if (seen && seen !== target.pin) {
    if (target.isPinGiven) return notAsGiven(where, target.pin!, seen);
    const wayOut = target.ifRebuilt ?? "remove its line from fleet.hosts and run the command again";
    return new Problem(
      `${where} shows the host key ${seen}, but ${target.pin} is pinned`,
      `Somebody may be in between, or the host was rebuilt. If you know that it was rebuilt, ${wayOut}; nothing was sent.`,
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  const level = (error as { level?: string }).level;
  if (level === "client-authentication") {
    const refused = `${where}: the host refused ${target.login.map(nameOf).join(" and ")}`;
    return new Problem(
      [refused, ...(target.notTried ?? []).map((line) => `not tried: ${line}`)].join("\n  "),
      `Check that ${target.user} may log in with this key: ssh -p ${target.port} ${target.user}@${target.address}`,
    );
  }
  if (level === "agent") {
    return new Problem(
      `${where}: the SSH agent (SSH_AUTH_SOCK) did not sign: ${message}`,
      "Allow it where the agent asks, or name a key with --identity FILE and unset SSH_AUTH_SOCK.",
    );
  }
  return new Problem(
    `${where}: no SSH connection: ${message}`,
    "Check that this is an SSH server and run the command again.",
    { exitCode: 2 },
  );
}
