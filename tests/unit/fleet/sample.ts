// A small fleet to vary in tests, written as its owner would write it.
import { parseFleet } from "../../../fleet/load.ts";
import type { Fleet } from "../../../fleet/schema.ts";

export const sampleYaml = `name: test
broker:
  domain: mqtt.example.com
  tls: { issuer: letsencrypt }
capacity: { devices: 10, backendServices: 2 }
host: { provider: digitalocean, region: fra1, adminCidrs: [203.0.113.7/32] }
classes:
  sensor: { hardware: esp32, publish: ["farm/{device}/moisture"], subscribe: ["farm/{device}/command"] }
services:
  dashboard: { connections: 2, subscribe: ["farm/+/moisture"], publish: ["farm/+/command"] }
people:
  ana: { subscribe: ["farm/#"] }
`;

export const sampleCsv = "id,class\nsoil-1,sensor\nsoil-2,sensor\n";

/** The sample, with texts of it replaced; fails when a text is not there, or the result has mistakes. */
export function sampleFleet(replace: Record<string, string> = {}, csv: string | null = sampleCsv): Fleet {
  return parseFleet({
    yaml: sampleWith(replace),
    yamlFile: "fleet.yaml",
    csv: csv ?? undefined,
    csvFile: "devices.csv",
  });
}

export function sampleWith(replace: Record<string, string>): string {
  return Object.entries(replace).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the sample has no ${from}`);
    return text.replace(from, () => to);
  }, sampleYaml);
}

/** The mistakes alone, one a line, without the heading; `csv` null: there is no devices.csv. */
export function mistakesOf(yaml: string, csv: string | null = sampleCsv): string[] {
  try {
    parseFleet({ yaml, yamlFile: "fleet.yaml", csv: csv ?? undefined, csvFile: "devices.csv" });
  } catch (error) {
    return (error as Error).message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}
