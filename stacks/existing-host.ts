// A broker on a host that is there already: converge and verify alone, with Terraform's built-in provider, so it needs no download.
import { DataResource, type TerraformStack } from "cdktf";
import { sh } from "../remote/sh.ts";
import type { StageCommands } from "./stage-command.ts";

interface ExistingHost {
  readonly address: string;
  readonly user: string;
  readonly port: number;
  readonly digest: string;
  readonly commands: StageCommands;
}

export function existingHostStack(
  stack: TerraformStack,
  { address, user, port, digest, commands }: ExistingHost,
): void {
  const says = `The host ${address} stays as it is, with its broker running: bednet did not make it.`;
  const host = new DataResource(stack, "host", {
    provisioners: [{ type: "local-exec", when: "destroy", command: sh`exec echo ${says}`.text }],
  });
  const converge = new DataResource(stack, "converge", {
    // The digest says what belongs on a host, not on which.
    triggersReplace: { digest, host: `${user}@${address}:${port}` },
    provisioners: [{ type: "local-exec", command: commands(["converge"]) }],
    dependsOn: [host],
  });
  new DataResource(stack, "verify", {
    triggersReplace: { digest },
    provisioners: [{ type: "local-exec", command: commands(["stage", "verify"]) }],
    dependsOn: [converge],
    lifecycle: { replaceTriggeredBy: [`${converge.terraformResourceType}.${converge.friendlyUniqueId}`] },
  });
}
