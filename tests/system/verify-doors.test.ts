// verify against doors that no broker of ours is behind: each ends, in the right outcome, and no password goes there.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import tls from "node:tls";
import { generate, parser } from "mqtt-packet";
import { afterAll, describe, expect, test } from "vitest";
import type { Outcome } from "../../checks/check.ts";
import type { Report } from "../../checks/report.ts";
import type { VerifyTarget } from "../../checks/target.ts";
import { verify } from "../../checks/verify.ts";
import { makeAuthority } from "../../sandbox/authority.ts";
import { startRig } from "./broker-rig.ts";

const ids = (report: Report, outcome: Outcome): string[] =>
  report.findings.filter(({ verdict }) => verdict.outcome === outcome).map(({ check }) => check.id);

describe("doors that no broker is behind", () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.2", resolve));
    return (server.address() as { port: number }).port;
  };
  const target = async (port: number, trust: string): Promise<VerifyTarget> => {
    const { target: model, broker } = await startRig("patterns");
    await broker.stop();
    return { ...model, address: "127.0.0.2", port, trust };
  };
  const pair = async () => {
    const authority = await makeAuthority({ name: "door" });
    const issued = await authority.issue({ names: ["mqtt.farm.example.com"] });
    return { authority, options: { cert: issued.fullchainPem, key: issued.privateKeyPem } };
  };

  test("a server that never says a word", async () => {
    const port = await listen(createServer(() => {}));
    const report = await verify(await target(port, "system"));
    expect(ids(report, "fail")).toEqual([]);
    expect(ids(report, "unknown").length).toBe(13); // plain-port: its port refuses, and this one answers
    expect(report.durationMs).toBeLessThan(6_000);
  });

  test("a port that takes no more connections: one reason, told once", async () => {
    const { port, end } = await startFullPort();
    try {
      const report = await verify(await target(port, "system"));
      const reasons = report.findings.map(({ verdict }) => "because" in verdict && verdict.because);
      expect([...new Set(reasons)]).toEqual([`127.0.0.2 does not answer on port ${port}`]);
      expect(report.durationMs).toBeLessThan(7_000);
    } finally {
      end();
    }
  });

  test("a TLS server that hangs up", async () => {
    const { authority, options } = await pair();
    const port = await listen(tls.createServer(options, (socket) => socket.once("data", () => socket.destroy())));
    const report = await verify(await target(port, authority.rootPem));
    expect(ids(report, "fail")).toEqual([]);
    expect(ids(report, "pass")).toEqual([
      "plain-port",
      "tls-version",
      "certificate-trust",
      "certificate-name",
      "certificate-expiry",
    ]);
  });

  test("a broker that takes everything and delivers nothing", async () => {
    const { authority, options } = await pair();
    const port = await listen(
      tls.createServer(
        options,
        takeEverything(() => {}),
      ),
    );
    const report = await verify(await target(port, authority.rootPem));
    expect(ids(report, "fail")).toEqual(["anonymous-access", "wrong-password", "publish-denied", "class-isolation"]);
    expect(ids(report, "unknown")).toEqual(["subscribe-denied", "sys-hidden", "connection-headroom"]);
  });

  test("no password goes to a server whose certificate is not trusted", async () => {
    const { options } = await pair();
    const passwords: unknown[] = [];
    const port = await listen(
      tls.createServer(
        options,
        takeEverything((password) => passwords.push(password)),
      ),
    );
    const report = await verify(await target(port, (await makeAuthority({ name: "another" })).rootPem));
    expect(ids(report, "fail")).toEqual(["certificate-trust", "anonymous-access"]);
    expect(passwords).toEqual([undefined, undefined]); // the two anonymous logins
  });
});

/** Its backlog is full and nobody takes from it: like a filter, the kernel drops every further SYN. */
async function startFullPort(): Promise<{ port: number; end: () => void }> {
  const listen =
    "import socket,time; s=socket.socket(); s.bind(('127.0.0.2',0)); s.listen(0); print(s.getsockname()[1],flush=True); time.sleep(60)";
  const server = spawn("python3", ["-c", listen], { stdio: ["ignore", "pipe", "inherit"] });
  const port = Number(String((await once(server.stdout, "data"))[0]));
  const waiting = [1, 2, 3].map(() => connect({ host: "127.0.0.2", port }).on("error", () => {}));
  await once(waiting[0]!, "connect");
  return {
    port,
    end: () => {
      for (const socket of waiting) socket.destroy();
      server.kill();
    },
  };
}

/** Tells every password it is sent. */
function takeEverything(told: (password: unknown) => void): (socket: tls.TLSSocket) => void {
  return (socket) => {
    const protocolVersion = { protocolVersion: 5 };
    const parse = parser();
    socket.on("error", () => {});
    socket.on("data", (data) => parse.parse(data));
    parse.on("packet", (packet) => {
      const { messageId } = packet;
      if (packet.cmd === "connect") {
        told(packet.password);
        protocolVersion.protocolVersion = packet.protocolVersion ?? 4;
        socket.write(
          generate({ cmd: "connack", reasonCode: 0, returnCode: 0, sessionPresent: false }, protocolVersion),
        );
      }
      if (packet.cmd === "subscribe")
        socket.write(
          generate(
            { cmd: "suback", messageId: messageId!, granted: packet.subscriptions.map(() => 1) },
            protocolVersion,
          ),
        );
      if (packet.cmd === "publish")
        socket.write(generate({ cmd: "puback", messageId: messageId!, reasonCode: 0 }, protocolVersion));
    });
  };
}
