// A fleet's stack, synthesised and ready for Terraform; the fleet and everything beside it were checked before.
import { join, resolve } from "node:path";
import { ownFolder } from "../../fleet/own-folder.ts";
import { refuseTornState } from "../../stacks/terraform/state.ts";
import { Terraform } from "../../stacks/terraform/terraform.ts";
import type { Context, FleetOption } from "../command.ts";
import { readSite, type Site } from "../site.ts";
import type { SshOptions } from "../ssh-options.ts";
import { real, type Surroundings } from "./surroundings.ts";

export interface OpenStack {
  readonly site: Site;
  readonly terraform: Terraform;
  /** `terraform_data` that converges the host which serves; the others follow from what it stands for. */
  readonly stages: readonly string[];
  readonly around: Surroundings;
}

export async function openStack(
  { fleet: path, identity }: FleetOption & SshOptions,
  { env, output, signal }: Context,
  around: Surroundings = real,
): Promise<OpenStack> {
  const site = await readSite(path, env);
  const { fleet, folder } = site;
  if (fleet.state.backend === "local") await refuseTornState(join(ownFolder(folder), "terraform.tfstate"));
  output.progress("making the Terraform stack");
  const { synth } = await import("../../stacks/synth.ts");
  const stack = await synth({ fleetFile: path, outdir: join(folder, "cdktf.out") });
  const key = identity ?? env.BEDNET_IDENTITY;
  // The stages run in another folder, and need no device's password; Terraform's provider needs none at all.
  const forStages = {
    ...(key !== undefined && { BEDNET_IDENTITY: resolve(key) }),
    ...(env.BEDNET_KEY && { BEDNET_KEY: undefined, BEDNET_VERIFY_KEY: site.verifyKey.text().reveal() }),
  };
  const forSpaces = fleet.state.backend === "spaces" ? spaces : {};
  const { askMs, stopMs } = around.patience;
  const forAll = { ...env, ...forStages, ...forSpaces };
  const terraform = new Terraform({ folder: stack.folder, env: forAll, signal, askMs, stopMs });
  await terraform.init();
  const stages = fleet.host.provider === "existing" ? ["terraform_data.converge"] : onDroplet;
  return { site, terraform, stages, around };
}

const onDroplet = ["terraform_data.preflight", "terraform_data.after_address"];

/** Spaces does not know the checksums that AWS's own clients send by default (docs/measurements.md#terraform). */
const spaces = { AWS_REQUEST_CHECKSUM_CALCULATION: "when_required", AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required" };
