// Follows a run on the host: progress in the runbook's words, the firewall's confirmation, and how it ended.
import { Problem } from "../fleet/problem.ts";
import { type Host, mustRun, type Output, printable } from "../remote/host.ts";
import { sh } from "../remote/sh.ts";
import { runExits } from "./run.ts";
import { runbook } from "./runbook.ts";

export interface FollowOptions {
  /** A second login of its own, which proves that a new firewall table lets one through. */
  readonly connectAgain: () => Promise<Host>;
  readonly onProgress: (text: string) => void;
}

export interface Followed {
  readonly outcome: "done" | "overtaken" | "no generation";
  /** What the host told beside its progress, `name value`. */
  readonly events: readonly string[];
}

/** Throws a Problem for every other ending. `run` is given what to do with each line. */
export async function follow(
  host: Host,
  what: string,
  run: (onLine: (line: string) => void) => Promise<Output>,
  { connectAgain, onProgress }: FollowOptions,
): Promise<Followed> {
  const said: string[] = [];
  const events: string[] = [];
  let at = what;
  let confirming: Promise<void> | undefined;
  const { exitCode, stderr } = await run((line) => {
    const [, kind, text] = /^bednet(-step|-event)?: (.*)$/.exec(line) ?? [];
    const [, answerFile] = /^confirm-firewall (.*)$/.exec(kind === "-event" ? text! : "") ?? [];
    if (answerFile !== undefined) {
      confirming = confirmFirewall(connectAgain, answerFile).catch(async (error: Error) => {
        said.push(error.message);
        // Over the connection that is still there, so that nobody has to wait for the host's own patience. When it is
        // gone as well, the run's own ending says so.
        await host.run(sh`echo shut >${answerFile}`).catch(() => {});
      });
    } else if (kind === "-event") events.push(text!);
    else if (kind === "-step") {
      at = `step ${text}`;
      said.length = 0;
      onProgress(runbook.find(({ id }) => id === text)?.title ?? text!);
    } else if (text !== undefined) {
      said.push(text);
      onProgress(`  ${printable(text)}`);
    } else if (line !== "") said.push(line);
  });
  await confirming;
  if (exitCode === 0) return { outcome: "done", events };
  if (exitCode === runExits.overtaken) return { outcome: "overtaken", events };
  if (exitCode === runExits.noGeneration) return { outcome: "no generation", events };
  if (exitCode === null) throw dropped(host.name, at, stderr);
  if (exitCode === runExits.incomplete) throw incomplete(host.name);
  throw failed(host.name, at, exitCode, said);
}

/** The host waits for this file of this very run; it can only say so through a login that the new table let in. */
async function confirmFirewall(connectAgain: () => Promise<Host>, answerFile: string): Promise<void> {
  const second = await connectAgain();
  try {
    await mustRun(second, "confirm the firewall", sh`echo through >${answerFile}`, { deadlineMs: 20_000 });
  } finally {
    await second.close();
  }
}

function dropped(host: string, at: string, stderr: string): Problem {
  const [deadline] = /no end within.*/.exec(stderr) ?? [];
  return new Problem(
    `${host}: the connection dropped during ${at}${deadline ? ` (${deadline})` : ""}`,
    "The host may be finishing by itself; run the command again: it waits for that and does what is left.",
    { exitCode: 2 },
  );
}

function incomplete(host: string): Problem {
  return new Problem(`${host}: the upload arrived incomplete`, "Run the command again; nothing was changed.", {
    exitCode: 2,
  });
}

/** From 128 on something ended the script from outside, in whatever line it was. */
function failed(host: string, at: string, exitCode: number, said: readonly string[]): Problem {
  const reason = said.map((line) => `\n  ${printable(line)}`).join("");
  const wasKilled = exitCode >= 128;
  return new Problem(
    `${host}: ${at} ${wasKilled ? `was killed (exit code ${exitCode})` : `failed with exit code ${exitCode}`}${reason}`,
    wasKilled
      ? "Run the command again: it does what is left. The whole log is /var/lib/bednet/apply.log on the host."
      : "Fix the cause above and run the command again; what was finished is not repeated. The whole log is /var/lib/bednet/apply.log on the host.",
    { exitCode: wasKilled ? 2 : 1 },
  );
}
