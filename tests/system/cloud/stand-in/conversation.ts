// The real Terraform and the real provider, talking to a stand-in about everything that a stack of ours may have.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, runAny } from "../../../../sandbox/command.ts";
import { instantHosts } from "../../../../sandbox/digitalocean/hosts.ts";
import { type Heading, recordingClock } from "../../../../sandbox/digitalocean/recording.ts";
import { type DigitalOcean, startDigitalOcean } from "../../../../sandbox/digitalocean/server.ts";

export interface Talk {
  readonly api: DigitalOcean;
  readonly folder: string;
  terraform(command: string, ...args: string[]): Promise<Ended>;
  stop(): Promise<void>;
}

/** The zone is the customer's own: it was there before, and has to be there afterwards. */
export const heading: Heading = {
  about: "Terraform with the real provider; rewritten by: npm run record:digitalocean",
  zones: { "example.com": { www: "192.0.2.1" } },
};

export async function startTalk(): Promise<Talk | { readonly missing: string }> {
  const folder = await mkdtemp(join(tmpdir(), "bednet-terraform-"));
  const hosts = instantHosts();
  const api = await startDigitalOcean({ hosts, account: { zones: heading.zones }, clockMs: recordingClock() });
  const stop = async (): Promise<void> => {
    await api.close();
    await rm(folder, { recursive: true });
  };
  await cp(new URL("main.tf", import.meta.url), join(folder, "main.tf"));
  const env = {
    ...process.env,
    ...{ DIGITALOCEAN_API_URL: api.url, DIGITALOCEAN_TOKEN: api.token },
    ...{ CI: "true", TF_INPUT: "0", CHECKPOINT_DISABLE: "1" },
  };
  const terraform: Talk["terraform"] = (command, ...args) =>
    runAny([terraformBinary, `-chdir=${folder}`, command, "-no-color", ...args], { env });
  const begun = await terraform("init").catch((error: Error) => ({ exitCode: 1, stdout: "", stderr: error.message }));
  if (begun.exitCode === 0) return { api, folder, terraform, stop };
  await stop();
  return { missing: begun.stderr.trim().split("\n").slice(-8).join("\n  ") };
}

const terraformBinary = process.env.TERRAFORM_BINARY_NAME ?? "terraform";

const changed = ["-var=edition=two", "-var=size=s-1vcpu-2gb"];
const replaced = ["-var=edition=three", "-var=size=s-1vcpu-2gb"];

/** Created, changed in place, replaced, destroyed; a plan after each but the last must find nothing to do. */
export const steps: readonly (readonly [string, readonly [string, ...string[]]])[] = [
  ["everything is created", ["apply", "-auto-approve"]],
  ["a second plan is empty", ["plan", "-detailed-exitcode"]],
  ["what can be changed in place is", ["apply", "-auto-approve", ...changed]],
  ["and the plan is empty again", ["plan", "-detailed-exitcode", ...changed]],
  [
    "the droplet is replaced, its address moves",
    ["apply", "-auto-approve", ...replaced, "-replace=digitalocean_droplet.droplet"],
  ],
  ["and the plan is empty once more", ["plan", "-detailed-exitcode", ...replaced]],
  ["everything is destroyed", ["destroy", "-auto-approve", ...replaced]],
];
