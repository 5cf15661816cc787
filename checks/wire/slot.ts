// One of the eight sets of probes, held for one run: whoever comes later gets it, and we notice.
import { randomBytes } from "node:crypto";
import { type ProbePart, probeParts } from "../../fleet/access.ts";
import type { VerifyTarget } from "../target.ts";
import { messageOf } from "./deadline.ts";
import { handshake, Unreached } from "./dial.ts";
import { answerInWords, isAccepted, isRefused, type LoginAnswer, login } from "./login.ts";
import type { Ended, Session } from "./session.ts";

/** The broker turned a right password away. */
export class Refused extends Error {
  override name = "Refused";
}

/** The watcher asks for these alone: the whole tree would be some fifty messages. */
export const SYS_TOPICS = {
  version: "$SYS/broker/version",
  uptime: "$SYS/broker/uptime",
  connected: "$SYS/broker/clients/connected",
} as const;

/** What earlier attempts of the same run saw. */
export interface History {
  takeovers: number;
}

export interface Slot {
  /** In every payload of this run, so that another run's message is never taken for ours. */
  readonly nonce: string;
  readonly history: History;
  readonly names: Readonly<Record<ProbePart, string>>;
  /** May see and say everything among the probes: every proof by silence is checked against what it sees. */
  readonly watcher: Session;
  /** Sends the watcher a message from itself: what came before it on that connection has arrived, and the slot is still ours. */
  pulse(): Promise<void>;
  /** Sessions of this run that are open now. */
  held(): number;
  /** The same session whoever asks. Throws Refused. */
  as(part: ProbePart): Promise<Session>;
  /** A login of its own, to be judged. Without `password`, the right one. */
  tryLogin(
    part: ProbePart,
    change?: { password?: string; clientId?: string },
  ): Promise<{ answer: LoginAnswer; session: Session }>;
}

export interface SlotRun {
  readonly slot: Slot;
  /** Resolves as soon as the watcher is gone: another run has taken this slot. */
  readonly lost: Promise<Ended>;
  close(): Promise<void>;
}

/** The watcher logs in first, and another run's watcher throws it out before anybody else of that run is there. */
export async function openSlot(
  target: VerifyTarget,
  number: number,
  signal: AbortSignal,
  history: History,
): Promise<SlotRun> {
  const sessions = new Map<ProbePart, Promise<Session>>();
  const all: Session[] = [];
  const names = Object.fromEntries(probeParts.map((part) => [part, target.credentials(number, part).name])) as Record<
    ProbePart,
    string
  >;

  const tryLogin: Slot["tryLogin"] = async (part, change = {}) => {
    const { name, password } = target.credentials(number, part);
    const who = { clientId: change.clientId ?? name, username: name, password: change.password ?? password.reveal() };
    const socket = await handshake(target, signal).catch((error: unknown) => {
      if (error instanceof Unreached) throw error;
      throw new Error(`${messageOf(error)}; no password was sent`);
    });
    const result = await login(socket, who, signal);
    all.push(result.session);
    return result;
  };
  const as: Slot["as"] = (part) => {
    const known = sessions.get(part);
    if (known !== undefined) return known;
    const opening = tryLogin(part).then(({ answer, session }) => {
      if (isAccepted(answer)) return session;
      const what = `the login of ${names[part]} was ${answerInWords(answer)}`;
      throw isRefused(answer) ? new Refused(what) : new Error(what);
    });
    sessions.set(part, opening);
    return opening;
  };

  const watcher = await as("watcher");
  const nonce = randomBytes(6).toString("hex");
  let pulses = 0;
  const pulse = async (): Promise<void> => {
    pulses += 1;
    const payload = `${nonce} pulse ${pulses}`;
    const code = await watcher.publish(`bednet/probe/a/${names.watcher}/up`, payload);
    if (code >= 128) throw new Error(`the broker refuses what the watcher may publish (code ${code})`);
    await watcher.hear("the watcher's own message", (message) => message.payload === payload);
  };
  await watcher.subscribe(["bednet/probe/#", ...Object.values(SYS_TOPICS)]);
  const held = (): number => all.filter((session) => session.isOpen()).length;
  const slot: Slot = { nonce, history, names, watcher, pulse, held, as, tryLogin };
  return { slot, lost: watcher.over, close: async () => void (await Promise.all(all.map((session) => session.end()))) };
}
