// Whether the real Terraform is here, told once and loudly when it is not.
import { spawnSync } from "node:child_process";

export const terraformBinary = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
export const hasTerraform = spawnSync(terraformBinary, ["version"]).status === 0;
if (!hasTerraform)
  process.stderr.write(
    "SKIPPED: tests with the real Terraform: there is none. Install terraform 1.10 or later, or OpenTofu and set TERRAFORM_BINARY_NAME=tofu.\n",
  );

/** Neither a question nor a call home may hold it up. */
export const quietly = { ...process.env, CI: "true", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" };
