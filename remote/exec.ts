// One script over one channel: its output line by line, and an end that is never taken for a success when the link dropped.
import { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { NodeSSH } from "node-ssh";
import type { Output, RunOptions } from "./host.ts";
import { type Script, sh } from "./sh.ts";

const RUN_DEADLINE_MS = 120_000;

export function exec(ssh: NodeSSH, user: string, script: Script, options: RunOptions): Promise<Output> {
  // sudo clears the environment, so a script finds where it was called from in $1.
  const command = sh`${user === "root" ? sh`` : sh`sudo -n `}sh -c ${script.text} sh "$SSH_CONNECTION"`;
  return new Promise((resolve) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const decoder = new StringDecoder("utf8");
    let pending = "";
    const settle = (exitCode: number | null, note = "") => {
      clearTimeout(timer);
      resolve({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() + note, exitCode });
    };
    const deadlineMs = options.deadlineMs ?? RUN_DEADLINE_MS;
    const timer = setTimeout(() => {
      ssh.dispose();
      settle(null, `\nno end within ${deadlineMs / 1000} s`);
    }, deadlineMs);
    if (!ssh.connection) return settle(null);
    ssh.connection.exec(command.text, (error, channel) => {
      if (error) return settle(null, error.message);
      let exitCode: number | null = null;
      if (options.stdout) channel.pipe(options.stdout, { end: false });
      else channel.on("data", (chunk: Buffer) => stdout.push(chunk));
      channel.stderr.on("data", (chunk: Buffer) => {
        stderr.push(chunk);
        const lines = (pending + decoder.write(chunk)).split("\n");
        pending = lines.pop()!;
        for (const line of lines) options.onLine?.(line);
      });
      channel.on("exit", (code: number | null) => {
        exitCode = code;
      });
      channel.on("error", () => {});
      channel.on("close", () => settle(exitCode));
      if (options.stdin instanceof Readable) options.stdin.pipe(channel);
      else channel.end(options.stdin ?? "");
    });
  });
}
