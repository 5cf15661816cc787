// Ctrl-C during a rehearsal: exit code 130 and nothing left, also for somebody who presses it twice.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { leftovers } from "../../../sandbox/leftovers.ts";

const root = resolve(import.meta.dirname, "../../..");
const rehearse = ["cli/bin.mjs", "rehearse", "--fleet", "examples/small-farm/fleet.yaml"];

/** Interrupts the whole process group, as a terminal does, when `text` is said. */
async function interruptAt(text: string, times: number): Promise<number | null> {
  const child = spawn(process.execPath, rehearse, { cwd: root, detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  let said = "";
  await new Promise<void>((found) => {
    child.once("exit", () => found());
    child.stderr.on("data", (chunk) => {
      said += chunk;
      if (said.includes(text)) found();
    });
  });
  expect(said).toContain(text);
  for (let i = 0; i < times; i++) {
    process.kill(-child.pid!, "SIGINT");
    await sleep(300);
  }
  const [code] = await ended;
  return code;
}

test.each([
  ["Security updates install themselves", 1],
  ["asking https://", 1],
  ["installing mosquitto", 2],
])("at %j, pressed %d times", async (text, times) => {
  expect(await interruptAt(text, times)).toBe(130);
  expect(await leftovers()).toEqual([]);
});
