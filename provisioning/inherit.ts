// What a new host takes over from the one that serves, so that the address can move without anybody noticing much:
// the certificate with the account that renews it, and the broker's database. It goes from one SSH connection to the other.
import { Problem } from "../fleet/problem.ts";
import { arriveScript, type Carried, carry } from "../remote/carry.ts";
import { type Host, mustRun, type Output, printable } from "../remote/host.ts";
import { type Script, sh } from "../remote/sh.ts";
import { handOverScript, takeOverScript } from "./host-scripts.ts";

export type Inherited = "taken" | "nothing there" | "has served";

const LINEAGE = "bednet";
/** Debian's mosquitto.conf puts it there. */
const DATABASE = "/var/lib/mosquitto/mosquitto.db";
/** A database of gigabytes takes its time. */
const CARRY_DEADLINE_MS = 1_800_000;
const exits = { nothingThere: 78, hasServed: 79 } as const;

/** May be repeated: a fresher one replaces what was taken before. */
export async function inheritCertificate(from: Host, to: Host): Promise<Inherited> {
  const handOver = sh`hand_over_certificate ${LINEAGE}`;
  return outcome(
    "the certificate",
    from,
    to,
    await carryOver(from, to, handOver, sh`take_certificate_over ${LINEAGE}`),
  );
}

/** Restarts the broker of `to`, which nobody uses yet. One that the address has come to once keeps its own. */
export async function inheritDatabase(from: Host, to: Host): Promise<Inherited> {
  const handOver = sh`hand_over_database ${DATABASE}`;
  return outcome(
    "the broker's database",
    from,
    to,
    await carryOver(from, to, handOver, sh`take_database_over ${DATABASE}`),
  );
}

/** From now on its own database counts. How long the one that served before was not asked any more, the first time. */
export async function markServed(host: Host): Promise<{ readonly lossSeconds: number | undefined }> {
  const said = await mustRun(host, "note that the address has come", sh`${takeOverScript}\nmark_served`);
  return { lossSeconds: said.trim() === "" ? undefined : Number(said) };
}

function carryOver(from: Host, to: Host, handOver: Script, takeOver: Script): Promise<Carried> {
  return carry(
    { host: from, script: sh`${handOverScript}\n${handOver}` },
    { host: to, script: sh`${arriveScript}\n${takeOverScript}\n${takeOver}` },
    CARRY_DEADLINE_MS,
  );
}

function outcome(what: string, from: Host, to: Host, ends: Carried): Inherited {
  if (ends.from.exitCode === exits.nothingThere) return "nothing there";
  if (ends.to.exitCode === exits.hasServed) return "has served";
  if (ends.from.exitCode !== 0) throw failed(`${from.name}: could not hand over ${what}`, ends.from);
  if (ends.to.exitCode !== 0) throw failed(`${to.name}: could not take over ${what}`, ends.to);
  return "taken";
}

function failed(what: string, { exitCode, stderr }: Output): Problem {
  const dropped = exitCode === null || exitCode === 75;
  const said = printable(stderr.trim()).replaceAll(/^(bednet: )?/gm, "  ");
  return new Problem(
    `${what}: ${dropped ? "the connection dropped before all of it had arrived" : `exit code ${exitCode}`}${said.trim() === "" ? "" : `\n${said}`}`,
    `${dropped ? "Run" : "Fix the cause above and run"} the command again; the host that serves goes on serving.`,
    { exitCode: dropped ? 2 : 1 },
  );
}
