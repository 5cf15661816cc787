// What `bednet key password` prints is what a real broker lets in.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROVER } from "../../../fleet/access.ts";
import { formatLock } from "../../../fleet/lock.ts";
import { type Rig, startRig } from "../broker-rig.ts";

const bin = fileURLToPath(new URL("../../../cli/bin.mjs", import.meta.url));
let rig: Rig;
let folder: string;
beforeAll(async () => {
  rig = await startRig("patterns");
  folder = await mkdtemp(join(tmpdir(), "bednet-password-"));
  await writeFile(join(folder, "fleet.lock"), formatLock(rig.lock));
});
afterAll(async () => {
  await rig?.broker.stop();
  await rm(folder, { recursive: true });
});

async function printed(name: string): Promise<string> {
  const env = { ...process.env, BEDNET_KEY: rig.key.text().reveal() };
  const argv = [bin, "key", "password", name, "--fleet", join(folder, "fleet.yaml")];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, { env });
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^\S{24}\n$/);
  return stdout.trim();
}

async function logIn(username: string, password: string): Promise<"accepted" | number> {
  const url = `mqtt://127.0.0.1:${rig.broker.loopbackPort}`;
  const options = { clientId: username, username, password, reconnectPeriod: 0, protocolVersion: 5 } as const;
  try {
    await (await mqtt.connectAsync(url, options)).endAsync();
    return "accepted";
  } catch (error) {
    return (error as { code: number }).code;
  }
}

test.each(["soil-1", "dashboard-2", PROVER])("%s logs in with it, and nobody else does", async (name) => {
  const password = await printed(name);
  expect(await logIn(name, password)).toBe("accepted");
  expect(await logIn("soil-2", password)).toBe(135);
});
