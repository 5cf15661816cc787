// Makes a host match a bundle: look, compute the difference, apply it, look again. Nothing to do is one trip.
import { createHash } from "node:crypto";
import { formatLock, type Lock, regressions } from "../fleet/lock.ts";
import { Problem } from "../fleet/problem.ts";
import { type Host, type Output, printable } from "../remote/host.ts";
import { sh } from "../remote/sh.ts";
import type { Bundle } from "../templates/bundle.ts";
import type { Effect } from "../templates/effect.ts";
import { apply, type Prover } from "./apply.ts";
import { type Change, difference, effectOf } from "./difference.ts";
import { lookAt } from "./look.ts";
import type { Observed } from "./observed.ts";
import { type RefusalOptions, refuse } from "./refusals.ts";
import { packageWish } from "./resources/package.ts";
import { runbook } from "./runbook.ts";
import packages from "./steps/packages.ts";

export interface ConvergeOptions extends RefusalOptions {
  readonly lock: Lock;
  readonly prover: Prover;
  /** The bundle for what the host turned out to be. Tests inject a broken one here. */
  readonly bundleFor: (observed: Observed) => Bundle;
  /** Waits until the domain leads to the host; called only when a certificate is about to be asked for. */
  readonly dnsGate: () => Promise<void>;
  /** A second login of its own, which proves that a new firewall table lets one through. */
  readonly connectAgain: () => Promise<Host>;
  /** Apply a lock that goes back all the same. */
  readonly force: boolean;
  readonly onProgress: (text: string) => void;
}

export interface Preview {
  readonly observed: Observed;
  /** What would be done, in the runbook's words; empty: nothing. */
  readonly changes: readonly { readonly step: string; readonly says: string }[];
  readonly effect: Effect;
  /** Connected clients that `restart` would drop. */
  readonly clients: number;
}

export interface Converged {
  readonly steps: number;
  readonly changed: readonly string[];
  readonly effect: Effect;
  readonly dropped: number;
  readonly trips: number;
}

/** What converge would do and what it would cost, without doing it. */
export async function preview(host: Host, options: ConvergeOptions): Promise<Preview> {
  const { observed, changes } = await compare(host, options);
  return {
    observed,
    changes: changes.map(({ step, wish }) => ({ step: step.id, says: wish.says })),
    effect: effectOf(changes),
    clients: observed.clients,
  };
}

export async function converge(host: Host, options: ConvergeOptions): Promise<Converged> {
  const { onProgress } = options;
  const trips = { count: 0 };
  let { observed, changes } = await compare(host, options, trips);
  if (changes.length === 0)
    return { steps: runbook.length, changed: [], effect: "none", dropped: 0, trips: trips.count };

  refuse(host.name, observed, options);
  const done = new Set<string>();
  if (observed.mosquittoVersion === undefined) {
    // The bundle depends on versions that only apt can tell.
    await applyOrThrow(
      host,
      changes.filter(({ step }) => step === packages),
      observed,
      options,
      trips,
    );
    done.add(packages.id);
    ({ observed, changes } = await compare(host, options, trips));
  }
  const effect = effectOf(changes);
  const dropped = effect === "restart" ? observed.clients : 0;
  if (dropped > 0) onProgress(`this takes a restart: ${dropped} connected clients are dropped`);
  if (changes.some(({ wish, state }) => wish.needsDns?.(state))) await options.dnsGate();
  await applyOrThrow(host, changes, observed, options, trips);
  for (const { step } of changes) done.add(step.id);

  const { changes: left } = await compare(host, options, trips);
  if (left.length > 0) {
    throw new Problem(
      `${host.name}: after applying, ${left.length === 1 ? "one thing is" : `${left.length} things are`} still not so: ${left.map(({ wish, state }) => `${wish.says} (${printable(state)})`).join("; ")}`,
      "Something on the host works against bednet, or an upgrade ran at the same time; run the command again.",
      { exitCode: 2 },
    );
  }
  return { steps: runbook.length, changed: [...done], effect, dropped, trips: trips.count };
}

async function compare(
  host: Host,
  options: ConvergeOptions,
  trips = { count: 0 },
): Promise<{ observed: Observed; changes: Change[] }> {
  const knownLock = createHash("sha256").update(formatLock(options.lock)).digest("hex");
  trips.count += 1;
  const observed = await lookAt(host, knownLock, options.onProgress);
  if (observed.mosquittoVersion === undefined) {
    const missing = packages.entries.map((entry) => ({
      step: packages,
      wish: packageWish(entry.name),
      state: observed.state(entry),
    }));
    return { observed, changes: missing.filter(({ wish, state }) => !wish.isMet(state)) };
  }
  guardLock(host.name, observed, options);
  return { observed, changes: difference(runbook, options.bundleFor(observed), observed) };
}

/** A revoked device must not come back through an old checkout. */
function guardLock(host: string, { appliedLock }: Observed, { lock, force }: ConvergeOptions): void {
  if (force || !appliedLock.other) return;
  const back = regressions(appliedLock.other, lock);
  if (back.length === 0) return;
  const shown = back
    .slice(0, 5)
    .map((line) => `\n  ${line}`)
    .join("");
  throw new Problem(
    `${host} runs lock serial ${appliedLock.other.serial}, and this fleet.lock (serial ${lock.serial}) would go back:${shown}${back.length > 5 ? `\n  and ${back.length - 5} more` : ""}`,
    "Your checkout is older than what was applied: pull, run `bednet lock`, and try again. --force applies it all the same; nothing was changed.",
  );
}

async function applyOrThrow(
  host: Host,
  changes: readonly Change[],
  observed: Observed,
  options: ConvergeOptions,
  trips: { count: number },
): Promise<void> {
  const said: string[] = [];
  let at = changes[0]?.step.id ?? "";
  let confirming: Promise<void> | undefined;
  trips.count += 1;
  const output = await apply(host, changes, {
    prover: options.prover,
    seenLock: observed.appliedLock.sha256,
    adopt: options.adopt ? observed.foreign.mosquittoFiles : [],
    onLine: (line) => {
      const [, kind, text] = /^bednet(-step|-event)?: (.*)$/.exec(line) ?? [];
      if (kind === "-event" && text === "confirm-firewall")
        confirming = confirmFirewall(options).catch((error: Error) => void said.push(error.message));
      else if (kind === "-step") {
        at = text!;
        said.length = 0;
        options.onProgress(runbook.find(({ id }) => id === at)?.title ?? at);
      } else if (text !== undefined) {
        said.push(text);
        options.onProgress(`  ${printable(text)}`);
      } else if (line !== "") said.push(line);
    },
  });
  await confirming;
  if (output.exitCode !== 0) throw failure(host.name, at, said, output);
}

/** The host waits for this file; it can only appear through a login that the new table let in. */
async function confirmFirewall(options: ConvergeOptions): Promise<void> {
  const second = await options.connectAgain();
  try {
    await second.run(sh`: >/run/bednet/firewall.confirmed`, { deadlineMs: 20_000 });
  } finally {
    await second.close();
  }
}

function failure(host: string, step: string, said: readonly string[], { exitCode, stderr }: Output): Problem {
  if (exitCode === null) {
    return new Problem(
      `${host}: the connection dropped while step ${step} was applied${/no end within.*/.test(stderr) ? ` (${/no end within.*/.exec(stderr)![0]})` : ""}`,
      "The host may be finishing by itself; run the command again: it waits for that and does what is left.",
      { exitCode: 2 },
    );
  }
  const reason = said.map((line) => `\n  ${printable(line)}`).join("");
  return new Problem(
    `${host}: step ${step} failed with exit code ${exitCode}${reason}`,
    "Fix the cause above and run the command again; what was finished is not repeated. The whole log is /var/lib/bednet/apply.log on the host.",
    { exitCode: exitCode === 75 || exitCode === 76 ? 2 : 1 },
  );
}
