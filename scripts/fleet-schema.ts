// Writes docs/fleet.schema.json, which editors complete fleet.yaml with: `npx tsx scripts/fleet-schema.ts`.
import { writeFileSync } from "node:fs";
import { fleetJsonSchema } from "../fleet/settings.ts";

const target = new URL("../docs/fleet.schema.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(fleetJsonSchema(), null, 2)}\n`);
