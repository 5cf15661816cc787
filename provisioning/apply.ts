// The trip that changes a host: everything arrives whole and checked before the first change is made.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Secret } from "../fleet/secret.ts";
import type { Host, Output } from "../remote/host.ts";
import { Script, sh } from "../remote/sh.ts";
import type { Change } from "./difference.ts";

const library = readFileSync(new URL("host/apply.sh", import.meta.url), "utf8");
/** certbot, apt and cloud-init may each take minutes. */
const APPLY_DEADLINE_MS = 1_800_000;

/** Who proves the broker from the host itself, by a real login. */
export interface Prover {
  readonly name: string;
  readonly password: Secret;
}

export interface ApplyOptions {
  readonly prover: Prover;
  /** Checksum of the applied lock that the difference was made from. */
  readonly seenLock: string;
  /** Foreign Mosquitto files to move aside when ours come into force. */
  readonly adopt: readonly string[];
  readonly onLine: (line: string) => void;
}

export async function apply(host: Host, changes: readonly Change[], options: ApplyOptions): Promise<Output> {
  const { program, payload } = assemble(changes, options);
  return send(host, program, payload, options.onLine);
}

/** Runs calls of the library on the host, such as a rollback. */
export async function call(host: Host, calls: Script, options: ApplyOptions): Promise<Output> {
  const blobs = new Blobs();
  const program = `${preamble(options, blobs)}\n${calls.text}\n`;
  return send(host, program, blobs.bytes(), options.onLine);
}

function assemble(changes: readonly Change[], options: ApplyOptions): { program: string; payload: Buffer } {
  const blobs = new Blobs();
  const lines = [preamble(options, blobs)];
  let current = "";
  for (const { step, wish, state } of changes) {
    if (step.id !== current) lines.push(sh`step ${step.id}`.text);
    current = step.id;
    lines.push(wish.apply(blobs.add(wish.content ?? ""), state).text);
  }
  return { program: `${lines.join("\n")}\nend_step\n`, payload: blobs.bytes() };
}

function preamble({ prover, seenLock, adopt }: ApplyOptions, blobs: Blobs): string {
  const password = blobs.add(prover.password.reveal());
  return sh`work=$1 seen_lock=${seenLock} prover=${prover.name} adopt=${adopt.join(" ")}\n${new Script(library)}\nbegin\n${password} >"$work/prover"`
    .text;
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

/** Nothing starts before all of it is there with the right checksum; then it runs in a unit that a cut link leaves alone. */
async function send(host: Host, program: string, payload: Buffer, onLine: (line: string) => void): Promise<Output> {
  const code = Buffer.from(program);
  const all = Buffer.concat([code, payload]);
  const sha256 = createHash("sha256").update(all).digest("hex");
  const receiver = sh`set -eu; umask 077; mkdir -p -m 0755 /run/bednet; mkdir -p -m 0700 /var/lib/bednet
    work=$(mktemp -d /run/bednet/incoming.XXXXXX)
    trap 'rm -rf "$work"' EXIT
    head -c ${all.length} >"$work/all"
    [ "$(sha256sum <"$work/all" | cut -d' ' -f1)" = ${sha256} ] || { echo "bednet: the upload arrived incomplete; nothing was changed" >&2; exit 75; }
    head -c ${code.length} "$work/all" >"$work/apply.sh"
    tail -c +${code.length + 1} "$work/all" >"$work/payload"
    rm "$work/all"
    log=/var/lib/bednet/apply.log
    : >"$log.new"; mv "$log.new" "$log"
    trap - EXIT
    systemd-run --quiet --collect --wait --unit="bednet-apply-\${work##*.}" -p StandardOutput=append:"$log" -p StandardError=append:"$log" /bin/sh "$work/apply.sh" "$work" &
    pid=$!
    tail -n +1 -s 0.1 -f --pid=$pid "$log" >&2
    code=0; wait $pid || code=$?
    rm -rf "$work"
    exit $code`;
  return host.run(receiver, { stdin: all, deadlineMs: APPLY_DEADLINE_MS, onLine });
}
