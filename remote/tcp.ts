// The TCP connection below SSH, opened here since ssh2 would turn Nagle off too late, which costs 40 ms (docs/measurements.md#ssh).
import { connect, type Socket } from "node:net";
import { Problem } from "../fleet/problem.ts";
import type { SshTarget } from "./ssh.ts";

export function openSocket(
  target: SshTarget,
  where: string,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.address, port: target.port, noDelay: true });
    const fail = (reason: string) => {
      signal?.removeEventListener("abort", abort);
      socket.destroy();
      reject(
        new Problem(
          `${where}: no SSH connection: ${reason}`,
          "Check host.address and host.port, that the host is up, and that your address may use SSH.",
          { exitCode: 2 },
        ),
      );
    };
    const abort = (): void => {
      socket.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    socket.setTimeout(deadlineMs, () => fail(`no answer within ${deadlineMs / 1000} s`));
    socket.once("error", (error) => fail(error.message));
    socket.once("connect", () => {
      signal?.removeEventListener("abort", abort);
      socket.setTimeout(0);
      socket.removeAllListeners("error");
      socket.on("error", () => {});
      resolve(socket);
    });
  });
}
