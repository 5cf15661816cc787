// Ctrl-C during a rehearsal: exit code 130 and nothing left, also for somebody who presses it twice.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { leftovers } from "../../../sandbox/leftovers.ts";

const root = resolve(import.meta.dirname, "../../..");
const rehearse = ["cli/bin.mjs", "rehearse", "--fleet", "examples/small-farm/fleet.yaml"];
const stops = "Stopping, and taking the throw-away host away.\n";

/** Interrupts the whole process group, as a terminal does: whenever the next of `texts` has been said. */
async function interruptAt(...texts: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, rehearse, { cwd: root, detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "close");
  const waiting = [...texts];
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
    if (child.exitCode !== null || waiting.length === 0 || !said.includes(waiting[0]!)) return;
    waiting.shift();
    process.kill(-child.pid!, "SIGINT");
  });
  const [code] = await ended;
  return { code, said };
}

test.each(["Security updates install themselves", "asking https://"])("once, at %j", async (text) => {
  const { code, said } = await interruptAt(text);
  expect(code, said).toBe(130);
  expect(said.slice(said.indexOf(stops))).toMatch(/^Stopping, .*\n +\d+\.\d s {2}took bednet-\d+ away\n$/);
  expect(await leftovers()).toEqual([]);
});

test("twice: the second one meets the clearing up, does not wait for it, and nothing is left all the same", async () => {
  const { code, said } = await interruptAt("installing mosquitto", stops);
  expect(code, said).toBe(130);
  expect(said.slice(said.indexOf(stops))).toBe(`${stops}Stopping at once.\n`);
  expect(await leftovers()).toEqual([]);
});
