// Runs a program that must succeed, away from the user's own settings, and gives what it said.
import { spawn } from "node:child_process";

export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  /** What came on descriptor 3. */
  readonly aside: string;
}

export function must(argv: readonly [string, ...string[]], env: NodeJS.ProcessEnv = {}): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      // Certificates of the operator's own make every start of node read them: 45 ms on node 20.
      env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined, ...env },
    });
    const said = ["", "", ""];
    for (const [i, stream] of child.stdio.slice(1).entries()) {
      stream!.on("data", (chunk: Buffer) => {
        said[i] += chunk.toString();
      });
    }
    child.once("error", reject);
    child.once("close", (code) => {
      const [stdout, stderr, aside] = said as [string, string, string];
      if (code === 0) return resolve({ stdout, stderr, aside });
      reject(new Error(`${argv.join(" ")} ended with ${code}:\n${stdout}${stderr}`));
    });
  });
}
