// How the broker answers whoever gives no name. Carries no secret, so the chain need not be verified.
import type { VerifyTarget } from "../target.ts";
import { handshake } from "../wire/dial.ts";
import { type LoginAnswer, login } from "../wire/login.ts";

export interface Anonymous {
  readonly v5: LoginAnswer;
  readonly v311: LoginAnswer;
}

/** The client id by which monitoring knows that the failure was meant. */
export const ANONYMOUS_CLIENT_ID = "bednet-probe-anonymous";

export async function gatherAnonymous(target: VerifyTarget, signal: AbortSignal): Promise<Anonymous> {
  const ask = async (protocolVersion: 4 | 5): Promise<LoginAnswer> => {
    const socket = await handshake(target, signal, { rejectUnauthorized: false });
    const clientId = `${ANONYMOUS_CLIENT_ID}-${protocolVersion}`;
    const { answer, session } = await login(socket, { clientId, protocolVersion }, signal);
    await session.end();
    return answer;
  };
  return { v5: await ask(5), v311: await ask(4) };
}
