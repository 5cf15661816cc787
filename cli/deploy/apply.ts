// Applies a saved plan: says what is being done, and gives up on a request that never ends.
import { Problem } from "../../fleet/problem.ts";
import type { TerraformEvent } from "../../stacks/terraform/events.ts";
import type { Output } from "../output.ts";
import type { OpenStack } from "./open-stack.ts";
import type { Patience } from "./surroundings.ts";

/** One resource of the stack, and what it took. */
export interface Phase {
  readonly address: string;
  readonly action: string;
  readonly seconds: number;
}

export async function applyPlan(
  { terraform, around }: Pick<OpenStack, "terraform" | "around">,
  output: Pick<Output, "note" | "progress">,
  signal: AbortSignal,
): Promise<readonly Phase[]> {
  const phases: Phase[] = [];
  const hung = new AbortController();
  let late: Extract<TerraformEvent, { kind: "working" }> | undefined;
  const onEvent = (event: TerraformEvent): void => {
    if (event.kind === "said") output.note(`  ${event.text}`);
    if (event.kind === "started") output.progress(`${words(event.action)} ${event.address}`);
    if (event.kind === "done") {
      output.note(`${seconds(event.seconds)}  ${done(event.action)} ${event.address}`);
      phases.push({ address: event.address, action: event.action, seconds: event.seconds });
    }
    if (event.kind === "working") {
      output.progress(`${words(event.action)} ${event.address}, ${event.seconds} s so far`);
      if (event.seconds < deadlineOf(event.address, around.patience) || late) return;
      late = event;
      hung.abort();
    }
  };
  const { isDone, errors } = await terraform.apply(onEvent, AbortSignal.any([signal, hung.signal]));
  signal.throwIfAborted();
  if (late) {
    throw new Problem(
      `${late.address}: no end after ${late.seconds < 120 ? `${late.seconds} s` : `${Math.round(late.seconds / 60)} minutes`}, so Terraform was stopped`,
      "Its provider's API did not answer. The state holds what was done: run the command again, and it goes on from there.",
      { exitCode: 2 },
    );
  }
  if (isDone) return phases;
  throw new Problem(
    errors.map(({ address, text }) => (address === undefined ? text : `${address}: ${shortened(text)}`)).join("\n") ||
      "Terraform failed and did not say why",
    "Mend what it names, if it is yours to mend, and run the command again: it finds what was left half done and goes on from there.",
  );
}

function deadlineOf(address: string, { stageSeconds, dropletSeconds, otherSeconds }: Patience): number {
  if (address.startsWith("terraform_data.")) return stageSeconds;
  return address.startsWith("digitalocean_droplet.") ? dropletSeconds : otherSeconds;
}

/** What a stage printed was shown while it worked; Terraform repeats it in its error, and the command that it ran. */
const shortened = (text: string): string =>
  text.replace(
    /^local-exec provisioner error\nError running command '[\s\S]*?': (exit status \d+|signal: \w+)[\s\S]*$/,
    "it ended with $1; what it said stands above",
  );

const words = (action: string): string =>
  ({ create: "creating", delete: "removing", update: "changing", read: "reading" })[action] ?? action;

const done = (action: string): string =>
  ({ create: "created", delete: "removed", update: "changed", read: "read" })[action] ?? action;

const seconds = (took: number): string => `${String(took).padStart(5)} s`;
