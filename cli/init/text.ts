// What `bednet init` wrote, and what comes next.
import { relative } from "node:path";
import type { Fleet } from "../../fleet/schema.ts";
import type { Initialised } from "./init.ts";
import { environmentOf, type PipelineWish, secretsOf } from "./pipeline.ts";

export function initText({ fleet, written }: Initialised, ci: PipelineWish["ci"] | undefined): string {
  const files = written.map(({ path, isKept, lacks }) => {
    const name = relative(process.cwd(), path);
    if (!isKept) return `wrote  ${name}`;
    return `kept   ${name}, which was there${lacks === undefined ? "" : `; ${lacks}`}`;
  });
  const steps = [...first(fleet), ...(ci === undefined ? [] : forPipeline(fleet, ci))];
  return [...files, "", "Next:", ...steps.map((step, at) => `${at + 1}. ${step}`)].join("\n");
}

function first({ host }: Fleet): string[] {
  return [
    "Say in fleet.yaml what your devices and services may do, and list the devices in devices.csv.",
    ...(host.provider === "digitalocean" ? ["ssh-keygen -t ed25519 -f deploy   (who may log in to the droplet)"] : []),
    "npm install",
    "npx bednet plan   (what follows), npx bednet lock   (who may log in)",
    "Commit all of it; .bednet/ is ignored.",
  ];
}

function forPipeline(fleet: Fleet, ci: PipelineWish["ci"]): string[] {
  const environment = environmentOf(fleet);
  const names = secretsOf(fleet).map(({ name }) => name);
  const where =
    ci === "github"
      ? `Make the environment ${environment} (Settings, Environments): for the deployed branch alone`
      : `Make the environment ${environment} and protect it; its variables have its scope and are protected, and masked where GitLab can`;
  return [
    `${where}. Its secrets, and nowhere else: ${names.join(", ")}.`,
    ...(ci === "gitlab" ? ["Make a schedule for the default branch (Build, Pipeline schedules): once a night."] : []),
    ...(fleet.host.provider === "existing"
      ? ["Give the pipeline a runner of your own, labelled self-hosted, whose address host.adminCidrs let in."]
      : []),
  ];
}
