// One disturbed run and the next one, and what is wrong with how they ended.
import { readFile } from "node:fs/promises";
import type { Case } from "./cases.ts";
import { type Deployed, type Said, startFaultsRig } from "./rig.ts";

export interface Outcome {
  readonly first: Said;
  readonly second: Said;
  readonly seconds: number;
  /** On the account and in no state after the second run; it has named each. */
  readonly strays: readonly string[];
  /** Empty: it ended as it should. */
  readonly wrong: readonly string[];
}

/** `deployed`: what a destroy starts from. */
export async function ordeal(one: Case, deployed: Deployed | undefined): Promise<Outcome> {
  const { command, signal } = one;
  const rig = await startFaultsRig(command === "destroy" ? deployed : undefined);
  const started = performance.now();
  const wrong: string[] = [];
  try {
    const faults = one.faults.map((fault) => ({ ...fault }));
    for (const fault of faults) rig.api.addFault(fault);
    const run = rig.start(command);
    if (signal) {
      const at = await run.hears(new RegExp(`^${signal.at}$`, "m"));
      if (at === undefined) wrong.push(`it never came to ${signal.at}`);
      run.process.kill(signal.name);
    }
    const first = await run.ended;
    for (const fault of faults) fault.times = 0; // the bad day is over
    wrong.push(...unclear(first, signal && 130));
    const state = await readFile(rig.statePath, "utf8").catch(() => undefined);
    if (state && !isJson(state)) wrong.push("the state is torn");
    const second = await rig.run(command);
    if (second.exitCode !== 0) wrong.push(`the next run ended with ${second.exitCode}`);
    if (command === "deploy" && second.exitCode === 0) {
      const { exitCode, stdout } = await rig.plan();
      if (exitCode !== 0) wrong.push(`the plan after it ends with ${exitCode}: ${stdout.slice(-1500)}`);
    }
    const strays = await rig.strays();
    wrong.push(
      ...strays.filter((each) => !second.text.includes(each.split(" ")[1]!)).map((each) => `unnamed: ${each}`),
    );
    if (strays.length > 0) wrong.push(...(await notSwept(rig, command)));
    wrong.push(...rig.api.cloud.gaps, ...rig.api.cloud.failures);
    return { first, second, seconds: Math.round((performance.now() - started) / 1000), strays, wrong };
  } finally {
    await rig.stop();
  }
}

/** Whose an address is nobody can tell, so it is named and stays. */
async function notSwept(rig: Awaited<ReturnType<typeof startFaultsRig>>, command: Case["command"]): Promise<string[]> {
  const swept = await rig.run(command, "--sweep");
  const left = (await rig.strays()).filter((each) => !each.startsWith("address "));
  return [
    ...(swept.exitCode === 0 ? [] : [`--sweep ended with ${swept.exitCode}: ${swept.text.slice(-800)}`]),
    ...left.map((each) => `not swept: ${each}`),
  ];
}

function unclear({ exitCode, text }: Said, expected: number | undefined): string[] {
  const wrong: string[] = [];
  if (expected !== undefined && exitCode !== expected) wrong.push(`exit code ${exitCode} in place of ${expected}`);
  if (![0, 1, 2, 130].includes(exitCode ?? -1)) wrong.push(`exit code ${exitCode}`);
  if (/mistake in bednet|^\s+at .*:\d+:\d+|panic:|goroutine|Error: Plugin did not respond/m.test(text))
    wrong.push("a stack");
  return wrong;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
