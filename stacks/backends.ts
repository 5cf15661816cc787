// Where Terraform keeps the state, as fleet.yaml says. Credentials come from the environment when Terraform runs.
import { dirname, join } from "node:path";
import { HttpBackend, LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import { ownFolder } from "../fleet/own-folder.ts";
import type { Fleet } from "../fleet/schema.ts";
import { relativePath } from "./stage-command.ts";

export function keepState(
  stack: TerraformStack,
  { name, state }: Pick<Fleet, "name" | "state">,
  stackFolder: string,
  fleetFile: string,
): void {
  switch (state.backend) {
    case "local": {
      const path = join(ownFolder(dirname(fleetFile)), "terraform.tfstate");
      new LocalBackend(stack, { path: relativePath(stackFolder, path) });
      return;
    }
    case "spaces":
      // Spaces speaks S3, and is not AWS: nothing of AWS may be asked (docs/measurements.md#terraform).
      new S3Backend(stack, {
        bucket: state.bucket,
        key: state.key ?? `bednet/${name}.tfstate`,
        region: "us-east-1",
        endpoints: { s3: `https://${state.region}.digitaloceanspaces.com` },
        skipCredentialsValidation: true,
        skipRequestingAccountId: true,
        skipMetadataApiCheck: true,
        skipRegionValidation: true,
        skipS3Checksum: true,
      });
      stack.addOverride("terraform.backend.s3.use_lockfile", true);
      return;
    case "http":
      new HttpBackend(stack, {
        address: state.address,
        ...(state.lockAddress !== undefined && { lockAddress: state.lockAddress }),
        ...(state.unlockAddress !== undefined && { unlockAddress: state.unlockAddress }),
      });
      return;
  }
}
