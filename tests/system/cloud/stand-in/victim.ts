// A cloud with one droplet behind a reserved address, for a test that ends it: `tsx victim.ts [exit]`.
import { setTimeout as sleep } from "node:timers/promises";
import { startRehearsalCloud } from "../../../../sandbox/digitalocean/rehearsal-cloud.ts";
import { cloudClient } from "./client.ts";

const controller = new AbortController();
const { signal } = controller;
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => controller.abort(new Error(name)));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const cloud = await startRehearsalCloud({ signal, onProgress: say });
try {
  const { ask, act, createDroplet } = cloudClient(cloud.api);
  const { ip } = (await ask("POST /v2/reserved_ips", { region: "fra1" })).reserved_ip;
  say("creating");
  const id = await createDroplet("victim");
  await act(`/v2/reserved_ips/${ip}`, { type: "assign", droplet_id: id });
  say(`up ${ip}`);
  if (process.argv[2] === "exit") process.exit(7);
  await sleep(600_000, undefined, { signal });
} catch (error) {
  say(`ended: ${signal.aborted ? String(signal.reason) : (error as Error).message}`);
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  for (const line of await cloud.stop()) say(`left: ${line}`);
}
