// Programs that `npm start` and `npm test` run, and what a signal means while one does.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const bootstrapRoot = fileURLToPath(new URL("../..", import.meta.url));
export const say = (text) => process.stderr.write(`${text}\n`);
export const interruptedCode = 130;

const controller = new AbortController();
/** Aborted by Ctrl-C and SIGTERM. */
export const { signal } = controller;
let child;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(name, () => {
    controller.abort();
    // A terminal's Ctrl-C reaches the child by itself, and a second one would mean: at once.
    if (name !== "SIGINT") child?.kill(name);
  });
}

/** Resolves with the exit code, when the child has put its things back. One that has none to put back is given `signal`. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    child = spawn(command, args, { cwd: process.env.INIT_CWD ?? process.cwd(), stdio: "inherit", ...options });
    child.once("error", (error) => error.name === "AbortError" || reject(error)); // its exit follows
    child.once("exit", (code, killedBy) => resolve(code ?? (killedBy === "SIGINT" ? interruptedCode : 1)));
  });
}
