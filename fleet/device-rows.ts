// devices.csv: a header `id,class` and a row for each device.
import { CsvError, parse } from "csv-parse/sync";
import { type Mistake, quote } from "./mistake.ts";
import { reserved } from "./name-mistakes.ts";
import { RESERVED_NAME } from "./probes.ts";
import { NAME, nameHint } from "./schema.ts";
import { nearest } from "./suggest.ts";

const HEADER = "id,class";

export interface DeviceRow {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly id: string;
  readonly class: string;
}

interface Read {
  /** Rows whose id is a name; the class may still be unknown. */
  readonly rows: readonly DeviceRow[];
  readonly mistakes: readonly Mistake[];
}

/** `classes` undefined: fleet.yaml could not be read, so nobody knows which classes exist. */
export function readDeviceRows(text: string, file: string, classes: readonly string[] | undefined): Read {
  const mistakes: Mistake[] = [];
  const mistake = (line: number, column: number, path: string, says: string): void => {
    mistakes.push({ file, line, column, path, says });
  };
  const { records, broken } = recordsOf(text.replace(/^\ufeff/, ""));
  for (const line of broken) mistake(line, 1, "(row)", "a quotation mark is out of place; ids and classes need none");
  const [header, ...body] = records;
  if (header === undefined) {
    mistake(1, 1, "(file)", 'is empty; begin with the line "id,class", or remove the file');
    return { rows: [], mistakes };
  }
  const title = header.fields.join(",");
  if (title !== HEADER) {
    const instead = /[;\t]/.test(title) ? "; separate the columns with commas" : "; put it in the first line";
    mistake(header.line, 1, "(header)", `${quote(title)}, expected "id,class"${instead}`);
    return { rows: [], mistakes };
  }
  const known = new Set(classes);
  const lineOf = new Map<string, number>();
  const rows: DeviceRow[] = [];
  for (const { fields, line } of body) {
    const [id = "", name = "", ...more] = fields;
    if (fields.length !== 2) {
      mistake(
        line,
        1,
        "(row)",
        more.length > 0
          ? `has ${fields.length} columns, expected id,class; remove the rest`
          : `${quote(id)} has no class; write id,class`,
      );
      continue;
    }
    if (!NAME.test(id))
      mistake(line, 1, "id", id === "" ? "is empty; write the device's id" : `${quote(id)}: ${nameHint}`);
    else if (RESERVED_NAME.test(id)) mistake(line, 1, "id", reserved(id));
    else if (lineOf.has(id))
      mistake(line, 1, "id", `${quote(id)} is already in line ${lineOf.get(id)}; remove one or rename it`);
    else {
      lineOf.set(id, line);
      rows.push({ file, line, column: 1, id, class: name });
    }
    if (classes !== undefined && !known.has(name)) mistake(line, id.length + 2, "class", unknownClass(name, classes));
  }
  return { rows, mistakes };
}

function unknownClass(name: string, classes: readonly string[]): string {
  if (name === "") return "is empty; write the device's class";
  const near = nearest(name, classes);
  if (near !== undefined) return `${quote(name)} is not a class; did you mean ${near}?`;
  return classes.length === 0
    ? `${quote(name)} is not a class; add it below classes`
    : `${quote(name)} is not a class; use ${classes.slice(0, 8).join(", ")}${classes.length > 8 ? ", …" : ""} or add it below classes`;
}

interface CsvRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

/** `broken`: lines with a quotation mark out of place. The others are read without them, so that one hides nothing. */
function recordsOf(text: string): { records: CsvRecord[]; broken: number[] } {
  try {
    return { records: read(text), broken: [] };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const lines = text.split(/\r\n|\n|\r/);
    const title = lines.findIndex((line) => line !== "");
    const broken = lines.flatMap((line, index) => (WELL_QUOTED.test(line) ? [] : [index]));
    // Of the first line all that is known is that it was to be the header.
    for (const index of broken) lines[index] = index === title ? HEADER : "";
    return { records: read(lines.join("\n")), broken: broken.map((index) => index + 1) };
  }
}

/** Fields of one line, each bare or in quotes that end before the comma. */
const WELL_QUOTED = /^("([^"]|"")*"|[^",]*)(,("([^"]|"")*"|[^",]*))*$/;

function read(text: string): CsvRecord[] {
  const options = {
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ["\r\n", "\n", "\r"],
  };
  const parsed = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
  return parsed.map(({ record, info }) => ({ fields: record, line: info.lines - breaksIn(record) }));
}

/** A quoted field may span lines; the reader says the last of them. */
const breaksIn = (fields: readonly string[]): number => fields.join("").split("\n").length - 1;
