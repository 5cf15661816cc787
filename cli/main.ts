// The program `bednet`: its commands in the order of the help, and how each run ends.
import type { Readable } from "node:stream";
import { Command, CommanderError } from "commander";
import { nearest } from "../fleet/suggest.ts";
import { hang, wrap } from "./columns.ts";
import type { Context, Register } from "./command.ts";
import converge from "./commands/converge.ts";
import deploy from "./commands/deploy.ts";
import destroy from "./commands/destroy.ts";
import door from "./commands/door.ts";
import drift from "./commands/drift.ts";
import explain from "./commands/explain.ts";
import init from "./commands/init.ts";
import key from "./commands/key.ts";
import lock from "./commands/lock.ts";
import plan from "./commands/plan.ts";
import rehearse from "./commands/rehearse.ts";
import replace from "./commands/replace.ts";
import rollback from "./commands/rollback.ts";
import stage from "./commands/stage.ts";
import synth from "./commands/synth.ts";
import verify from "./commands/verify.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { makeOutput, type Stream } from "./output.ts";
import { listenForSignals } from "./signals.ts";

/** A command is one file in cli/commands/ and one line here. */
const commands: readonly Register[] = [
  ...[init, plan, lock, key, deploy, drift, replace, destroy],
  ...[converge, rollback, verify, rehearse, door, synth, explain, stage],
];

/** How commander begins a help. */
const USAGE = "Usage: ";

export interface World {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function main(argv: readonly string[], version: string, world: World = process): Promise<ExitCode> {
  const output = makeOutput(world.stdout, world.stderr, world.env);
  const { signal, whenStopped, release } = listenForSignals(output);
  let exitCode: ExitCode = exitCodes.done;
  const context: Context = {
    output,
    env: world.env,
    stdin: world.stdin,
    signal,
    whenStopped,
    finish: (code) => {
      exitCode = code;
    },
  };
  try {
    await program(version, context).parseAsync([...argv], { from: "user" });
  } catch (error) {
    exitCode = ending(error, context);
  } finally {
    release();
  }
  return signal.aborted ? exitCodes.interrupted : exitCode;
}

function program(version: string, context: Context): Command {
  const { output } = context;
  const root = new Command("bednet")
    .description("One fleet.yaml into a production MQTT broker that is proven to be one.")
    .version(version, "--version", "print the version")
    .helpCommand(false)
    .configureHelp({
      minWidthToWrap: 20,
      styleUsage: (usage) => wrap(usage, output.width - USAGE.length).join(`\n${" ".repeat(USAGE.length)}`),
      formatItem: (term, termWidth, text, { helpWidth = 100 }) =>
        text === "" ? `  ${term}` : hang(`  ${term.padEnd(termWidth)}  `, termWidth + 4, text, helpWidth),
    })
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .configureOutput({
      writeOut: output.print,
      writeErr: output.note,
      getOutHelpWidth: () => output.width,
      getErrHelpWidth: () => output.width,
    });
  for (const register of commands) register(root, context);
  for (const command of [root, ...root.commands.filter(({ commands: own }) => own.length > 0)])
    command.on("command:*", ([name]: string[]) => refuseUnknown(command, name!));
  return root;
}

/** Commander's own suggestion takes `foo` for `door`. */
function refuseUnknown(command: Command, name: string): never {
  const near = nearest(
    name,
    command.commands.map((one) => one.name()),
  );
  const hint = near === undefined ? "" : `\n(Did you mean ${near}?)`;
  return command.error(`error: unknown command '${name}'${hint}`, { exitCode: exitCodes.usage });
}

function ending(error: unknown, { output, signal }: Context): ExitCode {
  // Help and version end this way too; commander has already printed.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const isEcho = error === signal.reason || (error instanceof Error && error.name === "AbortError");
  if (signal.aborted && isEcho) return exitCodes.interrupted;
  return output.failure(error);
}
