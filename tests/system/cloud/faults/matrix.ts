// `npm run test:faults [-- EXPRESSION…]`: every disturbance there is, or those that fit, in that order; three at a time.
// All of them take more than an hour. `npm run test:faults -- 'deploy .*hang-after' SIG`
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Case, casesOf } from "./cases.ts";
import { ordeal } from "./ordeal.ts";
import { type Deployed, startFaultsRig } from "./rig.ts";

const chosen = process.argv.slice(2).map((text) => new RegExp(text));
const AT_A_TIME = Number(process.env.FAULTS_AT_A_TIME ?? 3);
const file = join(tmpdir(), "bednet-faults.jsonl");
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Both commands, undisturbed: what there is to disturb. */
async function undisturbed(): Promise<{ cases: Case[]; deployed: Deployed }> {
  const rig = await startFaultsRig();
  try {
    const up = await rig.run("deploy");
    if (up.exitCode !== 0) throw new Error(up.text);
    const exchanges = [...rig.api.recorded];
    const deployed = { exchanges, state: await readFile(rig.statePath, "utf8") };
    const down = await rig.run("destroy");
    if (down.exitCode !== 0 || rig.things().length > 0) throw new Error(`${down.text}\n${rig.things()}`);
    const rest = rig.api.recorded.slice(exchanges.length);
    const cases = [
      ...casesOf("deploy", { exchanges, text: up.text }),
      ...casesOf("destroy", { exchanges: rest, text: down.text }),
    ];
    return { cases, deployed };
  } finally {
    await rig.stop();
  }
}

const { cases, deployed } = await undisturbed();
const wanted = new Set(
  chosen.length === 0
    ? cases
    : chosen.flatMap((expression) => cases.filter(({ command, name }) => expression.test(`${command} ${name}`))),
);
say(`${wanted.size} cases, in full in ${file}`);
await writeFile(file, "");
let failed = 0;
const left = [...wanted];
await Promise.all(
  Array.from({ length: AT_A_TIME }, async () => {
    for (let one = left.shift(); one; one = left.shift()) {
      const { first, second, seconds, strays, wrong } = await ordeal(one, deployed);
      if (wrong.length > 0) failed += 1;
      const ends = `${first.exitCode} then ${second.exitCode}`;
      say(
        `${wrong.length > 0 ? "FAILED" : "ok"} | ${one.command} | ${one.name} | ${ends} | ${seconds} s | ${strays.join(", ")} | ${wrong.join("; ")}`,
      );
      await appendFile(file, `${JSON.stringify({ ...one, seconds, strays, wrong, first, second })}\n`);
    }
  }),
);
say(`${wanted.size - failed} ended as they should, ${failed} did not`);
process.exitCode = failed === 0 ? 0 : 1;
