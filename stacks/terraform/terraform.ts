// Terraform on one stack: init, plan, show, apply, and the few repairs of a state that deploy needs.
import { Problem } from "../../fleet/problem.ts";
import { type Cost, changesOf, costOf, type ResourceChange } from "./changes.ts";
import { parseEvent, type TerraformEvent } from "./events.ts";
import { lockedState } from "./locked.ts";
import { binaryOf, type RunOptions, runTerraform, type TerraformRun } from "./process.ts";
import { parseState, type State } from "./state.ts";

export interface TerraformOptions {
  /** The stack's folder, with its cdk.tf.json. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** How long anything but an apply may take: a request that is never answered would hold it for ever. */
  readonly askMs: number;
  /** How long it may take to stop, once it was told to. */
  readonly stopMs: number;
}

export interface PlanOptions {
  /** Addresses that are replaced although nothing in them changed. */
  readonly replace?: readonly string[];
  readonly destroy?: boolean;
}

export interface Planned {
  readonly changes: readonly ResourceChange[];
  readonly cost: Cost | undefined;
}

export interface Applied {
  readonly isDone: boolean;
  readonly errors: readonly Extract<TerraformEvent, { kind: "error" }>[];
}

const PLAN = "bednet.tfplan";
const SPOOL = "bednet-apply.jsonl";

export class Terraform {
  readonly #options: TerraformOptions;

  constructor(options: TerraformOptions) {
    this.#options = options;
  }

  async init(): Promise<void> {
    const fix =
      "Terraform gets its providers from registry.terraform.io, from a mirror that its own settings name (TF_CLI_CONFIG_FILE), or from ~/.terraform.d/plugins: make one of them answer and run the command again; nothing was changed.";
    await this.#must("prepare the stack (terraform init)", ["init", "-input=false", "-no-color"], {}, fix);
  }

  async state(): Promise<State> {
    return parseState(await this.stateText());
  }

  stateText(): Promise<string> {
    return this.#must("read the state", ["state", "pull"]);
  }

  /** Refused by Terraform unless the serial is higher than what is there. */
  async pushState(text: string): Promise<void> {
    await this.#must("write the state", ["state", "push", "-"], { stdin: text });
  }

  /** Saves the plan for `apply`. */
  async plan({ replace = [], destroy = false }: PlanOptions = {}): Promise<Planned> {
    const argv = ["plan", "-input=false", "-no-color", `-out=${PLAN}`];
    if (destroy) argv.push("-destroy");
    await this.#must("plan", [...argv, ...replace.map((address) => `-replace=${address}`)]);
    const shown = await this.#must("read the plan", ["show", "-json", PLAN]);
    return { changes: changesOf(shown), cost: costOf(shown) };
  }

  /** Applies the saved plan. Aborted or failed, the state holds what was done, and the next run goes on from there. */
  async apply(onEvent: (event: TerraformEvent) => void, signal = this.#options.signal): Promise<Applied> {
    const errors: Extract<TerraformEvent, { kind: "error" }>[] = [];
    const onLine = (line: string): void => {
      const event = parseEvent(line);
      if (event?.kind === "error") errors.push(event);
      if (event) onEvent(event);
    };
    const { exitCode } = await this.#run(["apply", "-input=false", "-json", PLAN], {
      spool: { name: SPOOL, onLine },
      signal,
    });
    for (const { text } of errors) this.#refuseLocked(text);
    return { isDone: exitCode === 0, errors };
  }

  async output(): Promise<Readonly<Record<string, unknown>>> {
    const text = await this.#must("read the outputs", ["output", "-json"]);
    const outputs = JSON.parse(text) as Record<string, { readonly value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  async forget(address: string): Promise<void> {
    await this.#must("mend the state", ["state", "rm", address]);
  }

  async untaint(address: string): Promise<void> {
    await this.#must("mend the state", ["untaint", "-no-color", address]);
  }

  async import(address: string, id: string): Promise<void> {
    await this.#must("mend the state", ["import", "-input=false", "-no-color", address, id]);
  }

  async #must(
    what: string,
    argv: readonly string[],
    more: Partial<RunOptions> = {},
    fix = "Mend what it names and run the command again; it goes on from where it is.",
  ): Promise<string> {
    const { signal, askMs } = this.#options;
    const late = AbortSignal.timeout(askMs);
    const { stdout, stderr, exitCode } = await this.#run(argv, { ...more, signal: AbortSignal.any([signal, late]) });
    signal.throwIfAborted();
    if (exitCode === 0) return stdout;
    if (late.aborted) throw hung(what, askMs);
    this.#refuseLocked(stderr);
    const said = (stderr.trim() || stdout.trim()).replace(/^/gm, "  ");
    throw new Problem(`Terraform could not ${what}:\n${said}`, fix);
  }

  #refuseLocked(said: string): void {
    const { env, folder } = this.#options;
    const problem = lockedState(said, `${binaryOf(env)} -chdir=${folder} force-unlock`);
    if (problem) throw problem;
  }

  async #run(argv: readonly string[], more: Partial<RunOptions> = {}): Promise<TerraformRun> {
    try {
      return await runTerraform(argv, { ...this.#options, ...more });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new Problem(
        `${binaryOf(this.#options.env)} is not installed`,
        "Install Terraform 1.10 or later (developer.hashicorp.com/terraform/install) or OpenTofu (opentofu.org, then set TERRAFORM_BINARY_NAME=tofu); nothing was changed.",
        { cause: error },
      );
    }
  }
}

const hung = (what: string, askMs: number): Problem =>
  new Problem(
    `Terraform could not ${what} within ${Math.round(askMs / 60_000)} minutes, so it was stopped`,
    "An API did not answer: check the network, and https://status.digitalocean.com, then run the command again.",
    { exitCode: 2 },
  );
