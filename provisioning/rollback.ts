// Puts the configuration before the last change back, by hand: never an older lock, so whoever was revoked stays out.
import { Problem } from "../fleet/problem.ts";
import type { Host } from "../remote/host.ts";
import { sh } from "../remote/sh.ts";
import type { Effect } from "../templates/effect.ts";
import type { ConvergeOptions } from "./converge.ts";
import { follow } from "./follow.ts";
import { lookAt } from "./look.ts";
import { runCalls } from "./run.ts";

export interface RolledBack {
  readonly effect: Effect;
  readonly dropped: number;
  readonly trips: number;
}

export type RollbackOptions = Pick<ConvergeOptions, "bundleFor" | "prover" | "connectAgain" | "onProgress">;

/** A later converge puts the new configuration in force again. */
export async function rollback(host: Host, options: RollbackOptions): Promise<RolledBack> {
  const observed = await lookAt(host, "any", options.onProgress);
  if (!observed.isOurs) throw nothingBefore(host.name);
  const bundle = options.bundleFor(observed);
  const paths = bundle.files.filter(({ effect }) => effect !== "none").map(({ path }) => path);
  const passwords = `${bundle.facts.paths.broker}/passwd`;
  const calls = sh`roll_back ${bundle.certificate.domain} ${passwords} ${paths}`;
  const { outcome, events } = await follow(
    host,
    "rollback",
    (onLine) => runCalls(host, calls, { prover: options.prover, seenRun: observed.run, adopt: [], onLine }),
    options,
  );
  if (outcome === "no generation") throw nothingBefore(host.name);
  if (outcome === "overtaken") {
    throw new Problem(
      `${host.name}: another run changed the host in between`,
      "Look at what it did (`bednet plan --host`), then run the command again; nothing was changed.",
      { exitCode: 2 },
    );
  }
  const effect = events.includes("effect restart") ? "restart" : "reload";
  return { effect, dropped: effect === "restart" ? observed.clients : 0, trips: 2 };
}

const nothingBefore = (host: string): Problem =>
  new Problem(
    `${host} keeps no configuration before the one in force`,
    "One step back is kept, from the last converge that changed the broker. To go further back, check out the older fleet.yaml and run `bednet converge`; nothing was changed.",
  );
