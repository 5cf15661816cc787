// A number of the plan, with how it came about.

export type Unit = "connections" | "descriptors" | "bytes" | "messages" | "per second" | "seconds";

export interface Figure {
  readonly value: number;
  readonly unit: Unit;
  /** Such as `1,000 × 1.2 + 5 × 2 + 2 × 3 = 1,216`. */
  readonly arithmetic: string;
  /** Where its constants come from. */
  readonly source?: string;
}

export const count = (value: number): string => grouped(value, 2);

const units = [
  [1024 ** 3, "GiB"],
  [1024 ** 2, "MiB"],
  [1024, "KiB"],
] as const;

export function bytes(value: number): string {
  const [size, name] = units.find(([size]) => value >= size) ?? [1, "bytes"];
  return `${grouped(value / size, size === 1 ? 0 : 1)} ${name}`;
}

/** As toLocaleString("en-US") prints it, whose first call costs 45 ms: too much for a converge that has nothing to do. */
function grouped(value: number, mostFractionDigits: number): string {
  const [whole, fraction = ""] = value.toFixed(mostFractionDigits).split(".");
  const digits = fraction.replace(/0+$/, "");
  return `${whole!.replace(/\B(?=(\d{3})+$)/g, ",")}${digits === "" ? "" : `.${digits}`}`;
}

export const figure = (unit: Unit, value: number, arithmetic: string, source?: string): Figure =>
  source === undefined ? { value, unit, arithmetic } : { value, unit, arithmetic, source };

/** A figure whose arithmetic ends in its value. */
export const sum = (unit: Unit, value: number, terms: string, source?: string): Figure =>
  figure(unit, value, `${terms} = ${unit === "bytes" ? bytes(value) : count(value)}`, source);
