// One connection to a real SSH server on loopback: what is pinned, what is sent, and every way in which it can end.
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { getEventListeners, once } from "node:events";
import { createServer, type Server as TcpServer } from "node:net";
import ssh2, { type Connection, type ServerChannel } from "ssh2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fingerprintOfLine } from "../../../remote/host-key.ts";
import { sh } from "../../../remote/sh.ts";
import { connect, type SshTarget } from "../../../remote/ssh.ts";

const { Server, utils } = ssh2;
const hostKey = utils.generateKeyPairSync("ed25519");
const userKey = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  privateKeyEncoding: { type: "sec1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
}).privateKey;

type Act = (command: string, channel: ServerChannel, connection: Connection) => void;
let act: Act;
let commands: string[];
let server: InstanceType<typeof Server>;
let target: SshTarget;

/** Runs the command as sshd would. */
const reallyRun: Act = (command, channel) => {
  const child = spawn("sh", ["-c", command], { env: { ...process.env, SSH_CONNECTION: "127.0.0.1 1 127.0.0.1 2" } });
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("close", (code) => {
    channel.exit(code ?? 1);
    channel.end();
  });
};

beforeEach(async () => {
  act = reallyRun;
  commands = [];
  server = new Server({ hostKeys: [hostKey.private] }, (connection) => {
    connection.on("error", () => {});
    connection.on("authentication", (context) => (context.username === "nobody" ? context.reject() : context.accept()));
    connection.on("session", (accept) =>
      accept().on("exec", (acceptExec, _reject, { command }) => {
        commands.push(command);
        act(command, acceptExec(), connection);
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server as unknown as TcpServer, "listening");
  const { port } = (server as unknown as TcpServer).address() as { port: number };
  const pin = fingerprintOfLine(hostKey.public);
  target = { address: "127.0.0.1", port, user: "root", pin, login: [{ privateKey: userKey }] };
});
afterEach(() => void server.close());

/** On a connection of its own, closed again. */
async function onHost<T>(
  use: (host: Awaited<ReturnType<typeof connect>>) => Promise<T>,
  changes: Partial<SshTarget> = {},
) {
  const host = await connect({ ...target, ...changes });
  return use(host).finally(() => host.close());
}

describe("a script", () => {
  test("gets its stdin whole, and its outputs and exit code come back", async () => {
    const lines: string[] = [];
    const stdin = Buffer.alloc(3_000_000, "ü");
    const output = await onHost((host) =>
      host.run(sh`wc -c; echo "from $1"; printf 'one\ntwö\nunfinished' >&2; exit 3`, {
        ...{ stdin, onLine: (line) => lines.push(line) },
      }),
    );
    expect(output).toEqual({
      ...{ stdout: "3000000\nfrom 127.0.0.1 1 127.0.0.1 2\n", stderr: "one\ntwö\nunfinished", exitCode: 3 },
    });
    expect(lines).toEqual(["one", "twö"]);
  });

  test("is started by sudo where the user is not root, without a question", async () => {
    act = (_command, channel) => {
      channel.exit(0);
      channel.end();
    };
    await onHost((host) => host.run(sh`id`), { user: "ops" });
    await onHost((host) => host.run(sh`id`));
    expect(commands).toEqual([`sudo -n sh -c 'id' sh "$SSH_CONNECTION"`, `sh -c 'id' sh "$SSH_CONNECTION"`]);
  });

  test("a letter that arrives in two packets is one letter", async () => {
    act = (_command, channel) => {
      const [first, second] = [Buffer.from([0xc3]), Buffer.from([0xbc, 0x0a])];
      channel.stderr.write(first);
      setTimeout(() => {
        channel.stderr.write(second);
        channel.exit(0);
        channel.end();
      }, 50);
    };
    const lines: string[] = [];
    await onHost((host) => host.run(sh`x`, { onLine: (line) => lines.push(line) }));
    expect(lines).toEqual(["ü"]);
  });
});

describe("a dropped link is never a success", () => {
  const ends: [string, Act][] = [
    ["the connection is closed in the middle", (_command, _channel, connection) => connection.end()],
    ["the channel is closed without an exit code", (_command, channel) => channel.close()],
    [
      "a signal ends it",
      (_command, channel) => {
        channel.exit("KILL");
        channel.end();
      },
    ],
  ];
  test.each(ends)("%s", async (_what, end) => {
    act = end;
    expect(await onHost((host) => host.run(sh`x`))).toMatchObject({ exitCode: null });
  });

  test("the host says nothing any more", async () => {
    act = (_command, _channel, connection) =>
      void (connection as unknown as { _sock: { pause(): void } })._sock.pause();
    const started = Date.now();
    expect(await onHost((host) => host.run(sh`x`), { silenceMs: 300 })).toMatchObject({ exitCode: null });
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  test("a deadline passes, and is told", async () => {
    act = () => {};
    const output = await onHost((host) => host.run(sh`x`, { deadlineMs: 100 }));
    expect(output).toMatchObject({ exitCode: null, stderr: "\nno end within 0.1 s" });
  });

  test("it is gone already when the next script is to be run", async () => {
    act = (_command, _channel, connection) => connection.end();
    await onHost(async (host) => {
      await host.run(sh`x`);
      expect(await host.run(sh`y`)).toMatchObject({ exitCode: null });
    });
  });

  test("the caller gives up: then that is the reason", async () => {
    act = () => {};
    const controller = new AbortController();
    const host = await connect(target, controller.signal);
    const output = host.run(sh`x`);
    controller.abort(new Error("Ctrl-C"));
    await expect(output).rejects.toThrow("Ctrl-C");
    await host.close();
  });
});

describe("no connection", () => {
  test("nobody listens: it could not be told", async () => {
    server.close();
    await once(server as unknown as TcpServer, "close");
    await expect(connect(target)).rejects.toMatchObject({ name: "Problem", exitCode: 2 });
  });

  test("asked again and again, it leaves nothing behind that waits for the caller's signal", async () => {
    const { signal } = new AbortController();
    await expect(connect({ ...target, port: 1 }, signal)).rejects.toMatchObject({ exitCode: 2 });
    await expect(connect({ ...target, pin: undefined }, signal)).rejects.toMatchObject({ exitCode: 1 });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("somebody else's key: nothing is sent", async () => {
    await expect(connect({ ...target, pin: `SHA256:${"A".repeat(43)}` })).rejects.toMatchObject({ exitCode: 1 });
    await expect(connect({ ...target, pin: undefined })).rejects.toMatchObject({ name: "UnknownHostKey" });
    const given = { ...target, pin: `SHA256:${"A".repeat(43)}`, isPinGiven: true } as const;
    await expect(connect(given)).rejects.toThrow(`, but --host-key says SHA256:${"A".repeat(43)}`);
    expect(commands).toEqual([]);
  });

  test("a refused key", async () => {
    await expect(connect({ ...target, user: "nobody" })).rejects.toMatchObject({
      ...{ exitCode: 1, message: `nobody@127.0.0.1:${target.port}: the host refused the private key` },
    });
  });

  test("several keys, and one that was not tried: all of them are told", async () => {
    const login = [{ privateKey: userKey, file: "/home/ana/.ssh/farm" }, { privateKey: userKey }];
    const notTried = ["/home/ana/.ssh/id_rsa: the SSH key has a passphrase"];
    await expect(connect({ ...target, user: "nobody", login, notTried })).rejects.toMatchObject({
      exitCode: 1,
      message: `nobody@127.0.0.1:${target.port}: the host refused /home/ana/.ssh/farm and the private key\n  not tried: ${notTried[0]}`,
    });
  });

  test("something that is no SSH server, and one that never greets", async () => {
    const other = createServer((socket) => void socket.end("220 mail\r\n"));
    const silent = createServer(() => {});
    for (const tcp of [other, silent]) {
      tcp.listen(0, "127.0.0.1");
      await once(tcp, "listening");
      const { port } = tcp.address() as { port: number };
      await expect(connect({ ...target, port, connectDeadlineMs: 300 })).rejects.toMatchObject({ exitCode: 2 });
      tcp.close();
    }
  });
});
