// The checklist as a stage's last word: printed, kept beside fleet.yaml, and Terraform's verdict.
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exitCodeOf } from "../../checks/report.ts";
import { jsonReport } from "../../checks/reports/json.ts";
import { makeOwnFolder, ownFolder } from "../../fleet/own-folder.ts";
import type { Context } from "../command.ts";
import { reportText } from "../report-text.ts";
import type { Site } from "../site.ts";
import { verifySite } from "../verify-site.ts";

/** Asks at that address, or where the name leads. 0: every blocker passed. */
export async function prove(
  site: Site,
  address: string | undefined,
  { env, output, signal }: Context,
): Promise<0 | 1 | 2> {
  const report = await verifySite(site, address, { env, signal });
  output.print(reportText(report, output));
  await keep(site.folder, jsonReport(report));
  return exitCodeOf(report);
}

async function keep(folder: string, text: string): Promise<void> {
  await makeOwnFolder(folder);
  const file = join(ownFolder(folder), "report.json");
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
