// Whether the SSH agent is of any use: one that is not must not cost a login its deadline.
import { connect } from "node:net";

const ANSWER_MS = 3_000;
/** Length 1 and SSH_AGENTC_REQUEST_IDENTITIES; the answer is length, SSH_AGENT_IDENTITIES_ANSWER and how many. */
const question = Buffer.from([0, 0, 0, 1, 11]);
const IDENTITIES_ANSWER = 12;
const ANSWER_HEAD = 9;

/** Why it cannot be used, after its name; undefined when it offers a key. */
export function agentTrouble(path: string, answerMs = ANSWER_MS): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const socket = connect(path);
    const end = (trouble?: string): void => {
      socket.destroy();
      resolve(trouble);
    };
    socket.setTimeout(answerMs, () => end(`does not answer within ${answerMs / 1000} s`));
    socket.on("error", (error) => end(`does not answer: ${error.message}`));
    socket.on("close", () => end("hangs up"));
    socket.on("data", (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < ANSWER_HEAD) return;
      if (answer[4] !== IDENTITIES_ANSWER) return end("does not answer as an agent does");
      end(answer.readUInt32BE(5) > 0 ? undefined : "holds no key");
    });
    socket.write(question);
  });
}
