// What a request is to a handler, what it answers, and how it refuses: in the form in which DigitalOcean does.
import { isIPv4 } from "node:net";
import type { Cloud } from "./cloud.ts";

export interface Call {
  /** The parts of the path that a route leaves open, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  /** Absent: no content. */
  readonly body?: object;
}

export type Handler = (cloud: Cloud, call: Call) => Answer | Promise<Answer>;

/** `GET /v2/droplets/:id`; the first that fits is taken. */
export type Routes = Readonly<Record<`${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /v2/${string}`, Handler>>;

export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;
  readonly id: string;

  constructor(status: number, id: string, message: string) {
    super(message);
    this.status = status;
    this.id = id;
  }
}

export const unprocessable = (message: string): Refusal => new Refusal(422, "unprocessable_entity", message);

export const notFound = (): Refusal =>
  new Refusal(404, "not_found", "The resource you were accessing could not be found.");

export const ok = (body: object): Answer => ({ status: 200, body });
export const created = (body: object): Answer => ({ status: 201, body });
export const accepted = (body: object): Answer => ({ status: 202, body });
export const noContent: Answer = { status: 204 };

/** What is there, or 404. */
export function known<T>(thing: T | undefined): T {
  if (thing === undefined) throw notFound();
  return thing;
}

export function text(body: Call["body"], name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") throw unprocessable(`${name} is required`);
  return value;
}

export function optionalText(body: Call["body"], name: string): string | undefined {
  return body[name] === undefined || body[name] === null || body[name] === "" ? undefined : text(body, name);
}

export function wholeNumber(body: Call["body"], name: string): number {
  const value = body[name];
  if (!Number.isInteger(value)) throw unprocessable(`${name} must be a whole number`);
  return value as number;
}

export function list(body: Call["body"], name: string): readonly unknown[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value)) throw unprocessable(`${name} must be a list`);
  return value;
}

export function texts(body: Call["body"], name: string): string[] {
  return list(body, name).map((value) => {
    if (typeof value !== "string") throw unprocessable(`${name} must be a list of texts`);
    return value;
  });
}

export function oneOf<T extends string>(body: Call["body"], name: string, choices: readonly T[]): T {
  const value = choices.find((choice) => choice === body[name]);
  if (value === undefined) throw unprocessable(`${name} must be one of ${choices.join(", ")}`);
  return value;
}

export function ipv4(value: string): string {
  if (!isIPv4(value)) throw unprocessable(`${value} is not a valid IPv4 address`);
  return value;
}
