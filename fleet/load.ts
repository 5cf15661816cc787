// Reads fleet.yaml and devices.csv: a Fleet that is true, or one Problem with every mistake in it.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { capacityMistakes } from "./capacity-mistakes.ts";
import { readDeviceRows } from "./device-rows.ts";
import { draftOf } from "./draft.ts";
import { bytes } from "./figure.ts";
import { grantMistakes } from "./grant-mistakes.ts";
import { type Mistake, problemOf } from "./mistake.ts";
import { nameMistakes } from "./name-mistakes.ts";
import { Problem } from "./problem.ts";
import { providerMistakes } from "./provider-mistakes.ts";
import { type Fleet, FleetFile } from "./schema.ts";
import { settingMistakes } from "./setting-mistakes.ts";
import { readYaml } from "./yaml-source.ts";

/** A fleet file is written by hand; its devices are not in it. */
const LARGEST_YAML_BYTES = 256 * 1024;
/** A million devices with the longest names and classes. */
const LARGEST_CSV_BYTES = 136 * 1024 ** 2;

export interface FleetText {
  readonly yaml: string;
  /** Names for messages. */
  readonly yamlFile: string;
  /** Undefined: there is no devices.csv, so no device yet. */
  readonly csv: string | undefined;
  readonly csvFile: string;
}

export function parseFleet(text: FleetText): Fleet {
  const { fleet, mistakes } = judgeFleet(text);
  if (fleet === undefined) throw problemOf(mistakes, [text.yamlFile, text.csvFile]);
  return fleet;
}

/** A fleet, or every mistake: for whoever writes the file and tells its mistakes in other words. */
export function judgeFleet({ yaml, yamlFile, csv, csvFile }: FleetText): { fleet?: Fleet; mistakes: Mistake[] } {
  const text = yaml.replace(/^\ufeff/, "");
  const source = readYaml(text, yamlFile);
  const mistakes: Mistake[] = [...source.mistakes];
  const isEmpty = source.value === null || source.value === undefined;
  if (isEmpty && mistakes.length === 0) {
    const says = "is empty; begin with a copy of examples/small-farm/fleet.yaml";
    mistakes.push({ file: yamlFile, line: 1, column: 1, path: "(file)", says });
  }
  const draft = isEmpty ? undefined : draftOf(source.value);
  const read =
    csv === undefined ? { rows: [], mistakes: [] } : readDeviceRows(csv, csvFile, draft && [...draft.classes.keys()]);
  mistakes.push(...read.mistakes);
  // Read once: to generate code for it, as zod would, takes longer.
  const parsed = FleetFile.safeParse(source.value, { jitless: true });
  if (draft !== undefined) {
    mistakes.push(...settingMistakes(parsed.error?.issues ?? [], source));
    mistakes.push(...grantMistakes(draft, source), ...nameMistakes(draft, read.rows, source));
    mistakes.push(...capacityMistakes(draft, read.rows.length, csvFile, source), ...providerMistakes(draft, source));
  }
  if (mistakes.length > 0 || !parsed.success) return { mistakes };
  return {
    fleet: { ...parsed.data, devices: read.rows.map(({ id, class: name }) => ({ id, class: name })) },
    mistakes,
  };
}

/** Reads a fleet file and the devices.csv beside it; `folder` is where its other files lie. */
export async function readFleet(path: string): Promise<{ fleet: Fleet; folder: string }> {
  const folder = dirname(path);
  const csvFile = join(folder, "devices.csv");
  const yaml = await read(path, {
    largestBytes: LARGEST_YAML_BYTES,
    ifTooLarge: "Devices belong into devices.csv beside it, one row each.",
    ifFolder: "Name the file itself, such as --fleet ./fleet.yaml.",
  });
  if (yaml === undefined) {
    throw new Problem(
      `${path} does not exist`,
      "Run the command in the folder of fleet.yaml, or name the file with --fleet PATH; examples/small-farm/fleet.yaml is one to begin with.",
    );
  }
  const csv = await read(csvFile, {
    largestBytes: LARGEST_CSV_BYTES,
    ifTooLarge: "Split the fleet: one fleet file for each broker.",
    ifFolder: "Move the folder away. Devices go into a file of that name: the line `id,class`, then a row for each.",
  });
  return { fleet: parseFleet({ yaml, yamlFile: path, csv, csvFile }), folder };
}

interface Limits {
  readonly largestBytes: number;
  readonly ifTooLarge: string;
  readonly ifFolder: string;
}

async function read(path: string, { largestBytes, ifTooLarge, ifFolder }: Limits): Promise<string | undefined> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "EISDIR") throw new Problem(`${path} is a folder, expected a file`, ifFolder, { cause: error });
    throw new Problem(
      `${path} cannot be read: ${code ?? String(error)}`,
      "Make the file readable for your user and run the command again.",
      { cause: error },
    );
  }
  if (content.length > largestBytes) {
    throw new Problem(`${path} has ${bytes(content.length)}, the limit is ${bytes(largestBytes)}`, ifTooLarge);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (error) {
    throw new Problem(`${path} is not UTF-8 text`, "Save it as UTF-8 and run the command again.", { cause: error });
  }
}
