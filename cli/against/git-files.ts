// Files as a git commit has them, read without a checkout: nothing of the commit is run, and no filter either.
import { execFile } from "node:child_process";
import { posix } from "node:path";
import { Problem } from "../../fleet/problem.ts";

/** `path` from the folder of the fleet file; undefined: there is none, or it lies outside. */
export type ReadFile = (path: string) => Promise<string | undefined>;

/** A million devices with the longest names, and then some. */
const LARGEST_BYTES = 512 * 1024 ** 2;

/** Undefined where the folder is no git checkout, or knows no such commit. */
export async function filesAt(ref: string, folder: string, signal: AbortSignal): Promise<ReadFile | undefined> {
  const git = (argv: readonly string[], stdin = ""): Promise<Answer> => run(["-C", folder, ...argv], stdin, signal);
  const commit = await git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  if (commit.exitCode !== 0) return undefined;
  const prefix = text(await git(["rev-parse", "--show-prefix"])).trimEnd();
  return async (path) => {
    const inside = posix.join(prefix, path);
    if (posix.isAbsolute(path) || inside.startsWith("../") || inside.includes("\n")) return undefined;
    const { stdout } = await git(["cat-file", "--batch"], `${text(commit).trim()}:${inside}\n`);
    const head = stdout.subarray(0, stdout.indexOf("\n")).toString();
    const size = / blob (\d+)$/.exec(head)?.[1];
    if (size === undefined) return undefined;
    const start = head.length + 1;
    return stdout.subarray(start, start + Number(size)).toString();
  };
}

interface Answer {
  readonly exitCode: number;
  readonly stdout: Buffer;
}

const text = ({ stdout }: Answer): string => stdout.toString();

function run(argv: readonly string[], stdin: string, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { encoding: "buffer", maxBuffer: LARGEST_BYTES, signal } as const;
    const child = execFile("git", argv, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ exitCode: 0, stdout });
      if (typeof error.code === "number" && stderr.length === 0) return resolve({ exitCode: error.code, stdout });
      if (signal.aborted) return reject(signal.reason);
      const why = error.code === "ENOENT" ? "it is not installed" : stderr.toString().trim();
      if (/^fatal: (not a git repository|Needed a single revision)/.test(why)) return resolve({ exitCode: 1, stdout });
      reject(
        new Problem(`git cannot be asked: ${why}`, "Mend that, or name a folder: --against ../main", { cause: error }),
      );
    });
    child.stdin?.on("error", () => {}).end(stdin);
  });
}
