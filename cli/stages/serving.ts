// The droplet that holds the address while another is made ready: devices talk to it, so a revocation must reach it first.
import { Problem } from "../../fleet/problem.ts";
import { compare } from "../../provisioning/compare.ts";
import { converge } from "../../provisioning/converge.ts";
import { beforeReplaced } from "../../provisioning/runbook.ts";
import type { Droplet } from "../../remote/digitalocean/droplets.ts";
import type { Reached, Stage } from "./stage.ts";

export interface Serving extends Reached {
  /** A broker of ours proved itself there once; else nobody is served. */
  readonly isOurs: boolean;
}

/** A host that serves answers at once. */
const WAIT_MS = 20_000;

/** Converges it. Undefined: it is switched off, so nobody is served and nothing can be taken over. */
export async function reachServing(
  stage: Stage,
  holder: Droplet,
  note: (text: string) => void,
): Promise<Serving | undefined> {
  if (holder.status !== "active") {
    note(`Droplet ${holder.id} holds the address and is ${holder.status}: nothing is taken over from it.`);
    return undefined;
  }
  const reached = await stage.reach(holder, { waitMs: WAIT_MS, trustsNew: false }).catch((error: unknown) => {
    throw error instanceof Problem && error.exitCode === 2 ? beyondReach(holder, error) : error;
  });
  try {
    // The plan may be for the new droplet, and too large for this one; whoever is revoked must go all the same.
    const options = { ...reached.options, memory: () => ({ value: 0, arithmetic: "" }), steps: beforeReplaced };
    const { observed } = await compare(reached.host, options);
    if (observed.isOurs) {
      const { changed, effect } = await converge(reached.host, options);
      stage.phase(
        `converged droplet ${holder.id}, which serves: ${changed.length === 0 ? "nothing to change" : `${changed.join(", ")} (${effect})`}`,
      );
    }
    return { ...reached, isOurs: observed.isOurs };
  } catch (error) {
    await reached.host.close();
    throw error;
  }
}

const beyondReach = ({ id }: Droplet, { message }: Problem): Problem =>
  new Problem(
    `droplet ${id} holds the address and cannot be reached: ${message}`,
    `It may be serving still, so the address was not moved. If it is beyond repair, switch it off (doctl compute droplet-action power-off ${id}) and run the command again: ` +
      "the new droplet then starts without its certificate, retained messages and queues.",
    { exitCode: 2 },
  );
