// What a deploy has around it beside Terraform and the cloud: a host to look at, a broker to ask, and only so much time.
import { type Preview, preview } from "../../provisioning/preview.ts";
import type { Context, FleetOption } from "../command.ts";
import { onHost } from "../on-host.ts";
import type { SshOptions } from "../ssh-options.ts";
import { prove } from "../stages/prove.ts";

/** How long each may take before it counts as hung. */
export interface Patience {
  /** Stages have deadlines of their own, and may wait for DNS, certbot and other runs. */
  readonly stageSeconds: number;
  readonly dropletSeconds: number;
  /** Every other resource. */
  readonly otherSeconds: number;
  /** Whatever Terraform does beside an apply: init, plan, reading and mending the state. */
  readonly askMs: number;
  /** From the signal until it is killed. */
  readonly stopMs: number;
}

/** A test without a host brings its own. */
export interface Surroundings {
  lookAtHost(options: FleetOption & SshOptions, context: Context): Promise<Preview & { name: string }>;
  prove: typeof prove;
  readonly patience: Patience;
}

/** A request to assign an address or to delete a droplet may hang for ever, and Terraform with it (docs/measurements.md, Terraform). */
export const real: Surroundings = {
  lookAtHost: (options, context) =>
    onHost(options, {}, context, async () => async (host, settings) => ({
      name: host.name,
      ...(await preview(host, settings)),
    })),
  prove,
  patience: {
    stageSeconds: 90 * 60,
    dropletSeconds: 15 * 60,
    otherSeconds: 6 * 60,
    askMs: 10 * 60_000,
    stopMs: 30_000,
  },
};
