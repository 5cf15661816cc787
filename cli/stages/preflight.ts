// stub
import type { Context, FleetOption } from "../command.ts";
export async function preflight(_options: FleetOption, _context: Context): Promise<void> {}
