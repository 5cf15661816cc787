// Carries what a script on one host prints to a script on another, past our own disk: all of it, or nothing counts.
import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import type { Host, Output, RunOptions } from "./host.ts";
import { type Script, sh } from "./sh.ts";

export interface End {
  readonly host: Host;
  readonly script: Script;
  readonly onLine?: (line: string) => void;
}

export interface Carried {
  readonly from: Output;
  /** Exit code 75: it did not arrive whole. */
  readonly to: Output;
}

/** Defines `arrive FILE`, with which the receiving script begins: ends with 75 unless all has come. */
export const arriveScript: Script = sh`arrive() {
  timeout 1800 cat >"$1" || exit 75
  [ "$(wc -c <"$1")" -ge 64 ] || exit 75
  sum=$(tail -c 64 "$1")
  truncate -s -64 "$1"
  got=$(sha256sum <"$1")
  [ "\${got%% *}" = "$sum" ] || exit 75
}`;

/**
 * The checksum follows the content, and only when the sender ended well. So a link that drops on either side, at whatever
 * byte, leaves the receiver without it.
 */
export async function carry(from: End, to: End, deadlineMs: number): Promise<Carried> {
  const hash = createHash("sha256");
  let isWhole = false;
  const between = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush: (done) => done(null, isWhole ? hash.digest("hex") : undefined),
  });
  const options = ({ onLine }: End): RunOptions => ({ deadlineMs, ...(onLine && { onLine }) });
  // When nobody takes it in any more, the sender would wait for ever to be rid of the rest.
  const receiving = to.host.run(to.script, { ...options(to), stdin: between }).finally(() => between.unpipe().resume());
  const sending = from.host
    .run(from.script, { ...options(from), stdout: between })
    .then((sent) => {
      isWhole = sent.exitCode === 0;
      return sent;
    })
    .finally(() => between.end());
  const [sent, received] = await Promise.allSettled([sending, receiving]);
  for (const ending of [sent, received]) if (ending.status === "rejected") throw ending.reason;
  return {
    from: (sent as PromiseFulfilledResult<Output>).value,
    to: (received as PromiseFulfilledResult<Output>).value,
  };
}
