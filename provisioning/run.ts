// A run on the host: everything arrives whole and checked before the first change, and a cut link does not stop it.
import { createHash } from "node:crypto";
import type { Secret } from "../fleet/secret.ts";
import type { Host, Output } from "../remote/host.ts";
import { type Script, sh } from "../remote/sh.ts";
import type { Change } from "./difference.ts";
import { receiveScript, runScript } from "./host-scripts.ts";

/** certbot, apt and cloud-init may each take minutes. */
const RUN_DEADLINE_MS = 1_800_000;

/** How a run ends when it changed nothing, beside 0 and 1. */
export const runExits = { incomplete: 75, overtaken: 76, noGeneration: 77 } as const;

/** Who proves the broker from the host itself, by a real login. */
export interface Prover {
  readonly name: string;
  readonly password: Secret;
}

export interface RunOptions {
  readonly prover: Prover;
  /** The run after which the host was looked at; after another one this run changes nothing. */
  readonly seenRun: string;
  /** Foreign Mosquitto files to move aside when ours come into force. */
  readonly adopt: readonly string[];
  readonly onLine: (line: string) => void;
}

/** Brings about every change, in the order given. */
export function runChanges(host: Host, changes: readonly Change[], options: RunOptions): Promise<Output> {
  const blobs = new Blobs();
  const calls: string[] = [];
  let current = "";
  for (const { step, wish, state, effect } of changes) {
    if (step.id !== current) calls.push(sh`step ${step.id}`.text);
    current = step.id;
    calls.push(wish.apply(blobs.add(wish.content ?? ""), { state, effect }).text);
  }
  return send(host, calls.join("\n"), blobs, options);
}

/** Runs calls of the host's scripts, such as a rollback. */
export function runCalls(host: Host, calls: Script, options: RunOptions): Promise<Output> {
  return send(host, calls.text, new Blobs(), options);
}

async function send(host: Host, calls: string, blobs: Blobs, options: RunOptions): Promise<Output> {
  const { prover, seenRun, adopt, onLine } = options;
  const password = blobs.add(prover.password.reveal());
  const program = [
    sh`work=$1 seen_run=${seenRun} prover=${prover.name}`.text,
    runScript.text,
    "begin",
    sh`${password} >"$work/prover"`.text,
    sh`: >"$work/adopt"; for path in ${adopt}; do echo "$path" >>"$work/adopt"; done`.text,
    calls,
    "end_step\n",
  ].join("\n");
  const code = Buffer.from(program);
  const all = Buffer.concat([code, blobs.bytes()]);
  const sha256 = createHash("sha256").update(all).digest("hex");
  const receive = sh`all_bytes=${all.length} code_bytes=${code.length} sha256=${sha256}\n${receiveScript}`;
  return host.run(receive, { stdin: all, deadlineMs: RUN_DEADLINE_MS, onLine });
}

/** Contents one after the other; `part` cuts one out again. */
class Blobs {
  readonly #blobs: Buffer[] = [];
  #length = 0;
  add(content: string): Script {
    const blob = Buffer.from(content);
    const offset = this.#length;
    this.#blobs.push(blob);
    this.#length += blob.length;
    return sh`part ${offset} ${blob.length}`;
  }
  bytes(): Buffer {
    return Buffer.concat(this.#blobs);
  }
}
