// A bad day at DigitalOcean, on request: the n-th call of one kind goes wrong in one way.
import { setTimeout as sleep } from "node:timers/promises";

export interface Fault {
  /** `GET /v2/droplets/*`: a star stands for one part of the path. */
  readonly call: string;
  /** From 1, counted from the moment the fault was asked for. */
  readonly nth: number;
  /** How many calls in a row: a client that repeats itself silently meets it again. */
  readonly times?: number;
  readonly kind:
    | "too-many-requests"
    | "error-before"
    /** It happens, and the answer says that it did not. */
    | "error-after"
    /** No answer ever, and nothing happens. */
    | "hang-before"
    | "hang-after";
}

export interface Faults {
  add(fault: Fault): void;
  /** What this call meets, if anything; counts it. */
  meet(method: string, path: string): Fault["kind"] | undefined;
}

export function makeFaults(first: readonly Fault[] = []): Faults {
  const planned: { fault: Fault; calls: number }[] = [];
  const add = (fault: Fault): void => void planned.push({ fault, calls: 0 });
  first.forEach(add);
  return {
    add,
    meet: (method, path) => {
      let met: Fault["kind"] | undefined;
      for (const plan of planned) {
        const { call, nth, times = 1, kind } = plan.fault;
        if (!fits(call, `${method} ${path}`)) continue;
        plan.calls += 1;
        if (plan.calls >= nth && plan.calls < nth + times) met ??= kind;
      }
      return met;
    },
  };
}

function fits(pattern: string, call: string): boolean {
  const [wanted, given] = [pattern.split("/"), call.split("/")];
  return wanted.length === given.length && wanted.every((part, at) => part === "*" || part === given[at]);
}

/** Until the signal; then it ends quietly. */
export const hang = (signal: AbortSignal): Promise<void> => sleep(2 ** 31 - 1, undefined, { signal }).catch(() => {});
