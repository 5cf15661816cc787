// Stage verify: a host that is there already, asked by name; the checklist is kept beside fleet.yaml as a droplet's is.
import type { Context, FleetOption } from "../command.ts";
import { readSite } from "../site.ts";
import { prove } from "./prove.ts";

export async function verifyHost({ fleet: path }: FleetOption, context: Context): Promise<void> {
  context.finish(await prove(await readSite(path, context.env), undefined, context));
}
