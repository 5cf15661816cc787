// What is wrong with an agent that cannot be used. One that can is in login.test.ts.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { agentTrouble } from "../../../remote/agent.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-agent-"));
});
afterEach(() => rm(folder, { recursive: true }));

test.each([
  ["does not answer within 0.1 s", () => {}],
  ["hangs up", (socket: Socket) => void socket.end()],
  ["does not answer as an agent does", (socket: Socket) => void socket.write("SSH-2.0-OpenSSH_10.0\r\n")],
  ["does not answer as an agent does", (socket: Socket) => void socket.write(Buffer.from([0, 0, 0, 1, 5, 0, 0, 0, 0]))],
  ["holds no key", (socket: Socket) => void socket.write(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0]))],
  [
    undefined,
    (socket: Socket) => {
      socket.write(Buffer.from([0, 0, 0, 9, 12]));
      setTimeout(() => socket.write(Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])), 20);
    },
  ],
])("it %s", async (trouble, behave) => {
  const server = createServer((socket) => behave(socket.on("error", () => {})));
  const path = join(folder, "agent");
  await new Promise<void>((listening) => server.listen(path, listening));
  expect(await agentTrouble(path, 100)).toBe(trouble);
  server.close();
});
