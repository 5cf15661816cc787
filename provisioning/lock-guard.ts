// A revoked device must not come back through an old checkout, nor a host go to another fleet by mistake.
import { type Lock, regressions } from "../fleet/lock.ts";
import { Problem } from "../fleet/problem.ts";

/** Throws when `next` would put back what `applied` took away. */
export function guardLock(host: string, applied: Lock, next: Lock): void {
  const back = regressions(applied, next);
  if (back.length === 0) return;
  // A new key of the same fleet would have raised every generation.
  if (applied.keyId !== next.keyId) {
    throw new Problem(
      `${host} runs another fleet's lock: that one was made with key ${applied.keyId}, this fleet.lock with ${next.keyId}`,
      "Look at host.address in fleet.yaml: each fleet needs a host of its own. If this fleet has a new key since, your checkout is older: pull. --force gives the host to this fleet, and everybody of the other one is locked out; nothing was changed.",
    );
  }
  const shown = back
    .slice(0, 5)
    .map((line) => `\n  ${line}`)
    .join("");
  throw new Problem(
    `${host} runs lock serial ${applied.serial}, and this fleet.lock (serial ${next.serial}) would go back:${shown}${back.length > 5 ? `\n  and ${back.length - 5} more` : ""}`,
    "Your checkout is older than what was applied: pull, run `bednet lock`, and try again. --force applies it all the same; nothing was changed.",
  );
}
