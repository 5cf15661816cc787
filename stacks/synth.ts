// Writes a fleet's stack where Terraform finds it.
import { dirname, join, resolve } from "node:path";
import { App } from "cdktf";
import { makeOwnFolder } from "../fleet/own-folder.ts";
import { BrokerStack } from "./broker-stack.ts";
import { readSource } from "./source.ts";

export interface Synthesised {
  readonly stackName: string;
  /** Absolute; holds cdk.tf.json, and terraform runs in it. */
  readonly folder: string;
}

export async function synth({ fleetFile, outdir }: { fleetFile: string; outdir: string }): Promise<Synthesised> {
  const source = await readSource(fleetFile);
  // The state of the local backend comes there.
  await makeOwnFolder(dirname(source.fleetFile));
  const stackName = source.fleet.name;
  // Validation runs `terraform version` once per stage, where it may not be installed; required_version is in the stack.
  const app = new App({ outdir, skipValidation: true });
  new BrokerStack(app, stackName, source);
  app.synth();
  return { stackName, folder: join(resolve(outdir), "stacks", stackName) };
}
