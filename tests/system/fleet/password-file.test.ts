// The real broker takes the passwords that we derive.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { expect, onTestFinished, test } from "vitest";
import { FleetKey, hashOf, passwordOf } from "../../../fleet/credentials.ts";

const key = FleetKey.parse("bednet-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");

async function startBroker(passwd: string): Promise<number> {
  const folder = mkdtempSync("/tmp/bednet-passwd-");
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  writeFileSync(join(folder, "passwd"), passwd);
  const conf = ["allow_anonymous false", `password_file ${folder}/passwd`, `user ${userInfo().username}`];
  writeFileSync(join(folder, "conf"), `${[...conf, `listener ${port} 127.0.0.1`].join("\n")}\n`);
  const broker = spawn("mosquitto", ["-c", join(folder, "conf")], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(async () => {
    broker.kill();
    await once(broker, "exit");
    rmSync(folder, { recursive: true });
  });
  for await (const text of broker.stderr) if (String(text).includes("running")) break;
  return port;
}

const login = async (port: number, username: string, password: string): Promise<string> => {
  try {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      username,
      password,
      protocolVersion: 5,
      reconnectPeriod: 0,
    });
    await client.endAsync();
    return "accepted";
  } catch (error) {
    return (error as Error).message;
  }
};

test("a derived password logs in; an older generation and a neighbour's do not", async () => {
  const port = await startBroker(["soil-1", "soil-2"].map((name) => `${name}:${hashOf(key, name, 2)}\n`).join(""));
  expect(await login(port, "soil-1", passwordOf(key, "soil-1", 2).reveal())).toBe("accepted");
  expect(await login(port, "soil-1", passwordOf(key, "soil-1", 1).reveal())).toBe("Connection refused: Not authorized");
  expect(await login(port, "soil-1", passwordOf(key, "soil-2", 2).reveal())).toBe("Connection refused: Not authorized");
});
