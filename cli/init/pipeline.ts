// A pipeline for a fleet: what a change means, deploy what was merged, look every night.
import type { Fleet } from "../../fleet/schema.ts";
import { isOfGitlab, print } from "./fleet-file.ts";
import type { NewFile } from "./new-file.ts";
import { yamlWord } from "./yaml-word.ts";

export const pipelines = ["github", "gitlab"] as const;

export interface PipelineWish {
  readonly ci: (typeof pipelines)[number];
  readonly fleet: Fleet;
  /** From the root of the repository, with slashes. */
  readonly fleetFile: string;
  readonly branch: string;
}

/** Each by commit: a tag can be moved. */
const actions = {
  checkout: "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
  setupNode: "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0",
  uploadArtifact: "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
  downloadArtifact: "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1",
  setupTerraform: "hashicorp/setup-terraform@dfe3c3f87815947d99a8997f908cb6525fc44e9e # v4.0.1",
};
const terraform = {
  terraformVersion: "1.11.4",
  /** Of terraform_1.11.4_linux_amd64.zip. */
  terraformSha256: "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
};

/** What the pipeline's protected environment must hold; no password of any device. */
export function secretsOf({ host, state }: Fleet): { name: string; what: string }[] {
  return [
    ...(host.provider === "digitalocean" ? [{ name: "DIGITALOCEAN_TOKEN", what: "a token of the account" }] : []),
    { name: "BEDNET_SSH_KEY", what: "the private key that may log in" },
    { name: "BEDNET_VERIFY_KEY", what: "what `bednet key show --verify` prints" },
    ...(state.backend === "spaces"
      ? [
          { name: "AWS_ACCESS_KEY_ID", what: "the access key of the Space with the state" },
          { name: "AWS_SECRET_ACCESS_KEY", what: "its secret" },
        ]
      : []),
    ...(state.backend === "http"
      ? [
          { name: "TF_HTTP_USERNAME", what: "who may read and write the state" },
          { name: "TF_HTTP_PASSWORD", what: "the password for it" },
        ]
      : []),
  ];
}

export const environmentOf = ({ name }: Fleet): string => `bednet-${name}`;

export function pipelineFiles(wish: PipelineWish): NewFile[] {
  const { name } = wish.fleet;
  if (wish.ci === "github") {
    const path = `.github/workflows/bednet-${name}.yml`;
    return [{ path, content: print("github.yaml.hbs", github(wish, path)) }];
  }
  const path = `.gitlab/bednet-${name}.yml`;
  return [
    { path, content: print("gitlab.yaml.hbs", gitlab(wish)) },
    {
      path: ".gitlab-ci.yml",
      content: `include:\n  - local: ${path}\n`,
      lacks: (text) => (text.includes(path) ? undefined : `add to its include:  - local: ${path}`),
    },
  ];
}

function github(wish: PipelineWish, workflow: string) {
  const { fleet, fleetFile, branch } = wish;
  const folder = fleetFile.split("/").slice(0, -1).join("/");
  const job = {
    ...common(wish),
    ...actions,
    runner: fleet.host.provider === "digitalocean" ? "ubuntu-latest" : "self-hosted",
    reportArtifact: yamlWord(`bednet-verify-${fleet.name}`),
  };
  return {
    ...job,
    branch: yamlWord(branch),
    title: yamlWord(`bednet ${fleet.name}`),
    paths: folder === "" ? [] : [{ folder: yamlWord(`${folder}/**`), workflow: yamlWord(workflow) }],
    planArtifact: yamlWord(`bednet-plan-${fleet.name}`),
    mark: yamlWord(`<!-- bednet plan ${fleet.name} -->`),
    work: [
      { ...job, job: "deploy", event: "push", says: "Deploy what was merged", script: workLines(fleet, "deploy") },
      { ...job, job: "nightly", event: "schedule", says: "Look for drift", script: workLines(fleet, "drift") },
    ],
  };
}

function gitlab(wish: PipelineWish) {
  const { fleet } = wish;
  const { name, host, state } = fleet;
  const methods = [
    { name: "TF_HTTP_LOCK_METHOD", value: "POST" },
    { name: "TF_HTTP_UNLOCK_METHOD", value: "DELETE" },
  ];
  const job = {
    ...common(wish),
    settings: state.backend === "http" && isOfGitlab(state.address) ? methods : [],
    tags: host.provider === "digitalocean" ? [] : [{ tag: "self-hosted" }],
  };
  return {
    ...job,
    planJob: `bednet-plan-${name}`,
    work: [
      {
        ...{ ...job, job: `bednet-deploy-${name}`, looks: [], script: workLines(fleet, "deploy") },
        rule: '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH',
      },
      {
        ...{ ...job, job: `bednet-nightly-${name}`, looks: [{ action: "verify" }], script: workLines(fleet, "drift") },
        rule: '$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH',
      },
    ],
  };
}

const common = ({ fleet, fleetFile }: PipelineWish) => ({
  ...terraform,
  fleet: yamlWord(fleetFile),
  environment: yamlWord(environmentOf(fleet)),
  secrets: secretsOf(fleet),
  plan: lines(print("plan.sh.hbs", {})),
  door: door(fleet),
});

const commands = { deploy: "deploy --auto-approve", drift: "drift" } as const;

function workLines(fleet: Fleet, what: keyof typeof commands): { line: string }[] {
  const sweep = what === "drift" ? door(fleet) : [];
  return lines(print("work.sh.hbs", { command: commands[what], door: door(fleet), sweep }));
}

/** A host that is there already is reached from a runner of one's own, which host.adminCidrs let in. */
const door = ({ host }: Fleet): Record<string, never>[] => (host.provider === "digitalocean" ? [{}] : []);

const lines = (text: string): { line: string }[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => ({ line }));
