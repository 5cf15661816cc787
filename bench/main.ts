// npm run bench: how long bednet takes against what one would do instead, in one run, as ratios. It measures and judges
// nothing: only a measurement that could not be made ends with an error.
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, release as kernel, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sshTo } from "../cli/rehearsal.ts";
import { connect } from "../remote/ssh.ts";
import { type Release, releaseNames } from "../sandbox/debian.ts";
import { ansible, endConnections } from "./ansible.ts";
import { must } from "./command.ts";
import { firstConverge } from "./first-converge.ts";
import { makePlace, type Place } from "./place.ts";
import { compiledInto } from "./program.ts";
import { pyinfra } from "./pyinfra.ts";
import { inTurns, type Subject, type Took } from "./rounds.ts";
import { scratchPython } from "./scratch-python.ts";
import { type Row, tableOf } from "./table.ts";
import { tasksOf } from "./tasks.ts";
import { verification } from "./verification.ts";

const { values } = parseArgs({
  options: {
    release: { type: "string", default: "trixie" },
    rounds: { type: "string", default: "20" },
    "first-rounds": { type: "string", default: "3" },
    "without-peers": { type: "boolean", default: false },
  },
});
const stopped = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stopped.abort(new Error(name)));
/** Also where an interrupted run ends: everything is taken down on the way out. */
function note(text: string): void {
  stopped.signal.throwIfAborted();
  process.stderr.write(`${text}\n`);
}

async function noOp(place: Place, folder: string, rounds: number): Promise<Row[]> {
  note("compiling bednet");
  const bin = await compiledInto(join(folder, "program"));
  note("first converge of the host that the no-ops are measured on");
  await place.converge();
  const { guest, ssh, fleetFile } = place;
  const true_ =
    (...options: string[]) =>
    async (): Promise<undefined> =>
      void (await must([...ssh, ...options, `root@${guest.address}`, "true"]));
  const stamp = ["--import", new URL("stamp.mjs", import.meta.url).pathname];
  const command = ["converge", "--fleet", fleetFile, "--identity", guest.privateKeyFile];
  const cache = { XDG_CACHE_HOME: join(folder, "cache") };
  const converge = async (...options: string[]): Promise<string> => {
    const { stdout, aside } = await must([process.execPath, ...options, bin, ...command], cache);
    if (!/nothing to change, 1 round trip/.test(stdout)) throw new Error(`converge had something to change: ${stdout}`);
    return aside;
  };
  const subjects: Record<string, Subject> = {
    ssh: true_(),
    sshCurve25519: true_("-o", "KexAlgorithms=curve25519-sha256"),
    command: async (): Promise<undefined> => void (await converge()),
    fromConnect: async () => Number(await converge(...stamp)),
  };
  await converge(); // after which what node compiled is kept
  const onRound = (round: number): void => note(`no-op: round ${round} of ${rounds}`);
  const peers: Record<string, Subject> = values["without-peers"] ? {} : await peersOf(place, join(folder, "peers"));
  const every = { ansible: 5, pyinfra: 5 };
  for (const peer of Object.values(peers)) await peer(); // compiles itself, and proves that there is nothing to change
  const took: Record<string, Took> = await inTurns({ ...subjects, ...peers }, rounds, { every, onRound });
  const row = (what: string, measured: string, against: string, yardstick: string, goal: Row["goal"]): Row[] =>
    took[measured] && took[yardstick]
      ? [{ what, against, goal, measured: took[measured], yardstick: took[yardstick] }]
      : [];
  const whole = "no-op `bednet converge`, node's start included";
  const inner = "no-op converge, first connect to verdict";
  const curve = "`ssh host true` with curve25519";
  return [
    ...row(inner, "fromConnect", "`ssh host true`", "ssh", { atMost: 0.75 }),
    ...row(inner, "fromConnect", curve, "sshCurve25519", { atMost: 1.25 }),
    ...row(whole, "command", "`ssh host true`", "ssh", { atMost: 1.5 }),
    ...row("13 tasks, no-op, Ansible", "ansible", whole, "command", { atLeast: 30 }),
    ...row("13 tasks, no-op, pyinfra", "pyinfra", whole, "command", { atLeast: 8 }),
  ];
}

async function peersOf(place: Place, folder: string) {
  note("Ansible and pyinfra from PyPI, where they are not in the cache");
  const programs = await scratchPython();
  // Ansible's apt module would install it by itself, in the midst of what is measured.
  const address = `root@${place.guest.address}`;
  await must([...place.ssh, address, "DEBIAN_FRONTEND=noninteractive apt-get -q -y install python3-apt"]);
  const host = await connect(await sshTo(place.guest));
  const tasks = await tasksOf(place.site, host).finally(() => host.close());
  const cold = await ansible(programs, place, tasks, join(folder, "ansible"));
  return {
    ansible: async (): Promise<number> => {
      const started = performance.now();
      await cold();
      const tookMs = performance.now() - started;
      await endConnections(join(folder, "ansible"), place);
      return tookMs;
    },
    pyinfra: await pyinfra(programs, place, tasks, join(folder, "pyinfra")),
  };
}

async function main(): Promise<void> {
  const release = values.release as Release;
  const rounds = Number(values.rounds);
  const folder = await mkdtemp(join(tmpdir(), "bednet-bench-"));
  try {
    const place = await makePlace(release, stopped.signal);
    const rows: Row[] = [];
    try {
      rows.push(...(await noOp(place, folder, rounds)));
      note("verify, and each of its checks alone");
      const { all, evidence, slowest, slowestId } = await verification(place, 10);
      const verify = { what: "verify", measured: all, goal: { atMost: 1.5 } };
      rows.push({ ...verify, against: "its slowest check, in the same run", yardstick: evidence });
      rows.push({ ...verify, against: `its slowest check, run alone (${slowestId})`, yardstick: slowest });
    } finally {
      await place.stop();
    }
    const firstRounds = Number(values["first-rounds"]);
    if (firstRounds > 0) {
      const onRound = (round: number): void => note(`first converge: round ${round} of ${firstRounds}`);
      const { converge, byHand } = await firstConverge(release, firstRounds, stopped.signal, onRound);
      const against = "the same packages and certificate by hand";
      rows.push({ what: "first converge", measured: converge, against, yardstick: byHand, goal: { atMost: 1.25 } });
    }
    const { stdout } = await must(["ssh", "-V"]).then(({ stderr }) => ({ stdout: stderr.trim() }));
    const [cpu] = cpus();
    console.log(`${tableOf(rows)}\n`);
    console.log(`${cpus().length} × ${cpu?.model}, Linux ${kernel()}, node ${process.version}, ${stdout};`);
    console.log(`host: ${releaseNames[release]} in a container on the same machine. ${new Date().toISOString()}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
