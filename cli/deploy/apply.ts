// Applies a saved plan: says what is being done, and gives up on a request that never ends.
import { Problem } from "../../fleet/problem.ts";
import type { TerraformEvent } from "../../stacks/terraform/events.ts";
import type { Terraform } from "../../stacks/terraform/terraform.ts";
import type { Output } from "../output.ts";

/** One resource of the stack, and what it took. */
export interface Phase {
  readonly address: string;
  readonly action: string;
  readonly seconds: number;
}

/**
 * A request to assign an address or to delete a droplet may hang for ever, and Terraform with it (docs/measurements.md,
 * Terraform). The stages have deadlines of their own, and may wait for DNS, certbot and other runs.
 */
const DEADLINE_SECONDS = { stage: 90 * 60, droplet: 15 * 60, other: 6 * 60 };

export async function applyPlan(
  terraform: Terraform,
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
      output.note(`${seconds(event.seconds)}  ${words(event.action)} ${event.address}`);
      phases.push({ address: event.address, action: event.action, seconds: event.seconds });
    }
    if (event.kind === "working") {
      output.progress(`${words(event.action)} ${event.address}, ${event.seconds} s so far`);
      if (event.seconds < deadlineOf(event.address) || late) return;
      late = event;
      hung.abort();
    }
  };
  const { isDone, errors } = await terraform.apply(onEvent, AbortSignal.any([signal, hung.signal]));
  signal.throwIfAborted();
  if (late) {
    throw new Problem(
      `${late.address}: no end after ${Math.round(late.seconds / 60)} minutes, so Terraform was stopped`,
      "Its provider's API did not answer. The state holds what was done: run the command again, and it goes on from there.",
      { exitCode: 2 },
    );
  }
  if (isDone) return phases;
  throw new Problem(
    errors.map(({ address, text }) => (address === undefined ? text : `${address}: ${shortened(text)}`)).join("\n") ||
      "Terraform failed and did not say why",
    "Mend what it names and run the command again: it goes on from where it is.",
  );
}

function deadlineOf(address: string): number {
  if (address.startsWith("terraform_data.")) return DEADLINE_SECONDS.stage;
  return address.startsWith("digitalocean_droplet.") ? DEADLINE_SECONDS.droplet : DEADLINE_SECONDS.other;
}

/** What a stage printed was shown while it worked; Terraform repeats it in its error, and the command that it ran. */
const shortened = (text: string): string =>
  text.replace(
    /^local-exec provisioner error\nError running command '[\s\S]*?': (exit status \d+|signal: \w+)[\s\S]*$/,
    "it ended with $1; what it said stands above",
  );

const words = (action: string): string =>
  ({ create: "creating", delete: "removing", update: "changing", read: "reading" })[action] ?? action;

const seconds = (took: number): string => `${String(took).padStart(5)} s`;
