// Before the system tests: what a rehearsal needs from this machine. What cannot be had is told once, not test by test.
import { installPackages } from "../../sandbox/apt.ts";
import { canRehearse, missingPackages } from "../../sandbox/requirements.ts";

export default async function setup(): Promise<void> {
  await installPackages(await missingPackages(), { onProgress: (text) => process.stderr.write(`${text}\n`) });
  const verdict = await canRehearse();
  if (!verdict.ok) process.stderr.write(`SKIPPED: tests on throw-away hosts: ${verdict.because}. ${verdict.fix}\n`);
}
