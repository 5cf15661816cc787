// What DigitalOcean's API refuses, in our words and with the way out.
import { Problem } from "../../fleet/problem.ts";

/** The API said no, or nothing at all: then the status is 0. */
export class ApiRefusal extends Problem {
  override name = "ApiRefusal";
  readonly status: number;
  constructor(status: number, what: string, fix: string, options: { exitCode?: 1 | 2 } = {}) {
    super(what, fix, options);
    this.status = status;
  }
}

/** What a 404 means to a question: there is none. */
export function orNone(error: unknown): undefined {
  if (error instanceof ApiRefusal && error.status === 404) return undefined;
  throw error;
}

export function silence(url: string, what: string, error: Error, deadlineMs: number): ApiRefusal {
  const cause = (error.cause as Error | undefined)?.message;
  const why = error.name === "TimeoutError" ? `no answer within ${deadlineMs / 1000} s` : (cause ?? error.message);
  return new ApiRefusal(
    0,
    `${url} does not answer ${what}: ${why}`,
    "Check the network, and https://status.digitalocean.com, then run the command again.",
    { exitCode: 2 },
  );
}

export function parsed(url: string, what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiRefusal(
      0,
      `${url} answers ${what} with something that is not JSON`,
      "Something in between answers for DigitalOcean (a proxy, a login page): check the network and run the command again.",
      { exitCode: 2 },
    );
  }
}

export function refusal(status: number, what: string, text: string): ApiRefusal {
  const said = /"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  const message = said === undefined ? "no reason given" : String(JSON.parse(said));
  const where = `DigitalOcean refuses ${what} (${status}: ${message})`;
  if (status === 401) {
    return new ApiRefusal(
      status,
      `DigitalOcean refuses the token in DIGITALOCEAN_TOKEN (401: ${message})`,
      "Make a new one at https://cloud.digitalocean.com/account/api/tokens and put it into the environment; nothing was changed.",
    );
  }
  if (status === 403)
    return new ApiRefusal(status, where, "Give the token the scope for this, or use one with full access.");
  if (status === 429 || status >= 500) {
    return new ApiRefusal(status, where, "Wait a few minutes, then run the command again: it does what is left.", {
      exitCode: 2,
    });
  }
  const fix =
    status === 404
      ? "It was deleted, or belongs to another account: check whose token this is, then run the command again."
      : "Settle what it says, then run the command again: it does what is left.";
  return new ApiRefusal(status, where, fix);
}
