// Waits until a booting guest's sshd says who it is.
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
  /** Resolves if the guest ends before it answers. */
  readonly gone: Promise<void>;
  /** File with the guest's console, for the error. */
  readonly console: string;
}

const deadlineMs = 60_000;
const pauseMs = 50;
const greetingMs = 5_000;

export async function waitForSsh(address: string, port: number, options: WaitOptions): Promise<void> {
  const { signal, onProgress, gone, console } = options;
  const started = Date.now();
  let ended = false;
  void gone.then(() => {
    ended = true;
  });
  let told = started;
  for (;;) {
    signal?.throwIfAborted();
    if (await greets(address, port)) return;
    const waitedMs = Date.now() - started;
    if (ended || waitedMs > deadlineMs) {
      const why = ended ? "ended while booting" : `did not answer on ${address}:${port} within ${deadlineMs / 1000} s`;
      const tail = (await readFile(console, "utf8")).trim().split("\n").slice(-15).join("\n  ");
      throw new Error(`the guest ${why}; its console said:\n  ${tail}`);
    }
    if (Date.now() - told > 5_000) {
      told = Date.now();
      onProgress?.(`the guest is still booting (${Math.round(waitedMs / 1000)} s)`);
    }
    await sleep(pauseMs);
  }
}

/** An open port is not enough: only `SSH-2.0` means that a login would be taken. */
function greets(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: greetingMs });
    const answer = (yes: boolean) => (): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.on("data", (data) => answer(data.toString("latin1").startsWith("SSH-2.0"))());
    socket.on("error", answer(false)).on("timeout", answer(false)).on("end", answer(false));
  });
}
