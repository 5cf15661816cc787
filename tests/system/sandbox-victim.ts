// A rehearsal in a process of its own, for tests that end it: `tsx sandbox-victim.ts RELEASE [exit|keep|throw|apt]`.
// It says on stdout what it is doing; ending is up to the test.
import { setTimeout as sleep } from "node:timers/promises";
import { startAcme } from "../../sandbox/acme.ts";
import type { Release } from "../../sandbox/debian.ts";
import { bootGuest } from "../../sandbox/guest.ts";

const [release, deed] = process.argv.slice(2) as [Release, string | undefined];
const controller = new AbortController();
const { signal } = controller;
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => controller.abort(new Error(name)));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  const prepare = async (): Promise<void> => {
    if (deed === "throw") throw new Error("thrown on purpose");
  };
  const guest = await bootGuest({ release, signal, onProgress: say, prepare });
  try {
    await startAcme({ bindAddress: guest.gateway, runFolder: guest.folder, signal });
    say(`up ${guest.name} ${guest.address} ${guest.privateKeyFile}`);
    if (deed === "exit") process.exit(7);
    if (deed === "keep") {
      guest.keep();
      process.exit(0);
    }
    if (deed === "apt") {
      say("apt begins");
      await guest.exec(["sh", "-c", "apt-get update; apt-get install -y python3"], { signal });
      say("apt ended");
    }
    await sleep(600_000, undefined, { signal });
  } finally {
    for (const line of await guest.stop()) say(`left: ${line}`);
  }
} catch (error) {
  say(`ended: ${signal.aborted ? String(signal.reason) : (error as Error).message}`);
  process.exitCode = signal.aborted ? 130 : 1;
}
