// Makes a host match a bundle: look, compute the difference, apply it, look again. Nothing to do is one trip.
import { count } from "../fleet/figure.ts";
import { Problem } from "../fleet/problem.ts";
import { type Host, printable } from "../remote/host.ts";
import { type Effect, worst } from "../templates/effect.ts";
import { type Compared, type CompareOptions, compare } from "./compare.ts";
import { type Change, effectOf } from "./difference.ts";
import { type FollowOptions, follow } from "./follow.ts";
import { type Prover, runChanges } from "./run.ts";
import { runbook } from "./runbook.ts";

export interface ConvergeOptions extends CompareOptions, FollowOptions {
  readonly prover: Prover;
  /** Waits until the domain leads to the host; called only when a certificate is about to be asked for. */
  readonly dnsGate: () => Promise<void>;
}

export interface Converged {
  readonly steps: number;
  readonly changed: readonly string[];
  readonly effect: Effect;
  readonly dropped: number;
  readonly trips: number;
}

/** Other runs may get in between this often before we give up. */
const MOST_OVERTAKEN = 3;

export async function converge(host: Host, options: ConvergeOptions): Promise<Converged> {
  const run = new Journey(host, options);
  let now = await run.look();
  // The bundle depends on versions that only apt can tell.
  if (now.observed.mosquittoVersion === undefined) now = await run.bringAbout(now);
  const after = await run.bringAbout(now);
  if (after.changes.length > 0) throw stillNotSo(host.name, after.changes);
  return run.converged();
}

/** What happened to the host on the way. */
class Journey {
  readonly #host: Host;
  readonly #options: ConvergeOptions;
  readonly #changed = new Set<string>();
  #effect: Effect = "none";
  #dropped = 0;
  #trips = 0;

  constructor(host: Host, options: ConvergeOptions) {
    this.#host = host;
    this.#options = options;
  }

  look(): Promise<Compared> {
    this.#trips += 1;
    return compare(this.#host, this.#options);
  }

  /** Applies the changes and looks again. A difference to what another run has changed since is computed anew. */
  async bringAbout(compared: Compared): Promise<Compared> {
    let now = compared;
    for (let overtaken = 0; now.changes.length > 0; overtaken++) {
      if (overtaken > MOST_OVERTAKEN) throw overtakenTooOften(this.#host.name);
      const isDone = await this.#apply(now);
      now = await this.look();
      if (isDone) break;
    }
    return now;
  }

  async #apply({ observed, changes }: Compared): Promise<boolean> {
    const { adopt, prover, dnsGate, onProgress } = this.#options;
    const effect = effectOf(changes);
    if (effect === "restart" && observed.clients > 0)
      onProgress(`this takes a restart: ${clientsAre(observed.clients)} dropped`);
    if (changes.some(({ wish, state }) => wish.needsDns?.(state))) await dnsGate();
    this.#trips += 1;
    const { outcome } = await follow(
      this.#host,
      `step ${changes[0]!.step.id}`,
      (onLine) =>
        runChanges(this.#host, changes, {
          prover,
          onLine,
          seenRun: observed.run,
          adopt: adopt ? observed.foreign.mosquittoFiles : [],
        }),
      this.#options,
    );
    if (outcome === "overtaken") {
      onProgress("another run changed the host in between: looking again");
      return false;
    }
    for (const { step } of changes) this.#changed.add(step.id);
    this.#effect = worst([this.#effect, effect]);
    if (effect === "restart") this.#dropped += observed.clients;
    return true;
  }

  converged(): Converged {
    return {
      steps: (this.#options.steps ?? runbook).length,
      changed: [...this.#changed],
      effect: this.#effect,
      dropped: this.#dropped,
      trips: this.#trips,
    };
  }
}

function stillNotSo(host: string, left: readonly Change[]): Problem {
  const things = left.map(({ wish, state }) => `${wish.says} (${shortened(printable(state))})`).join("; ");
  return new Problem(
    `${host}: after applying, ${left.length === 1 ? "one thing is" : `${left.length} things are`} still not so: ${things}`,
    "Something on the host works against bednet, or an upgrade ran at the same time; run the command again.",
    { exitCode: 2 },
  );
}

const clientsAre = (many: number): string =>
  many === 1 ? "1 connected client is" : `${count(many)} connected clients are`;

/** A certificate's state is the certificate. */
const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

const overtakenTooOften = (host: string): Problem =>
  new Problem(
    `${host}: other runs changed the host ${MOST_OVERTAKEN + 1} times while this one was about to`,
    "Find out who else runs bednet on this host, then run the command again; this run changed nothing.",
    { exitCode: 2 },
  );
