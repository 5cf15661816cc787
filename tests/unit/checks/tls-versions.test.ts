// What old TLS looks like on the wire: a version that was never offered has not been refused.
import { createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { gatherTlsVersions } from "../../../checks/evidence/tls-versions.ts";

const PROTOCOL_VERSION = 70;
const alert = (version: number, description: number): Buffer => Buffer.from([21, 3, version, 0, 2, 2, description]);
let close = (): void => {};
afterEach(() => close());

async function ask(answer: (socket: Socket, version: number) => void) {
  const offered: number[] = [];
  const server = createServer((socket) =>
    socket
      .on("error", () => {})
      .once("data", (hello) => {
        expect([hello[0], hello[5]]).toEqual([22, 1]); // a handshake record with a ClientHello
        offered.push(hello.readUInt16BE(9));
        answer(socket, hello[10]!);
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => server.close();
  const { port } = server.address() as { port: number };
  const place = { domain: "mqtt.example.com", address: "127.0.0.1", port, trust: "system" };
  const seen = await gatherTlsVersions(place as never, new AbortController().signal);
  return { offered, seen };
}

test("each version is really offered, and an alert is a refusal", async () => {
  const { offered, seen } = await ask((socket, version) => socket.end(alert(version, PROTOCOL_VERSION)));
  expect(offered).toEqual([0x0301, 0x0302, 0x0303, 0x0303]); // 1.3 calls itself 1.2 there
  const refused = { answer: "refused", alert: "protocol version" };
  expect(seen).toEqual({ TLSv1: refused, "TLSv1.1": refused, "TLSv1.2": refused, "TLSv1.3": refused });
});

test("a closed connection is not a refusal", async () => {
  const { seen } = await ask((socket) => socket.destroy());
  expect(Object.values(seen).map(({ answer }) => answer)).toEqual(["unclear", "unclear", "unclear", "unclear"]);
});

test("neither is an answer that is no TLS", async () => {
  const { seen } = await ask((socket) => socket.end("HTTP/1.0 400 Bad Request\r\n\r\n"));
  expect(Object.values(seen).map(({ answer }) => answer)).toEqual(["unclear", "unclear", "unclear", "unclear"]);
});
