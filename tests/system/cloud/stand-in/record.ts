// `npm run record:digitalocean`: rewrites the conversation that the unit tests replay. Takes three minutes.
import { writeFile } from "node:fs/promises";
import { conversationText } from "../../../../sandbox/digitalocean/recording.ts";
import { heading, startTalk, steps } from "./conversation.ts";

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const file = new URL("../../../golden/digitalocean-conversation.jsonl", import.meta.url);

const talk = await startTalk();
if ("missing" in talk) {
  say(
    `NOT RECORDED, nothing was changed: terraform or the provider digitalocean/digitalocean is missing:\n  ${talk.missing}`,
  );
  process.exit(1);
}
try {
  for (const [what, [command, ...args]] of steps) {
    const { exitCode, stdout, stderr } = await talk.terraform(command, ...args);
    if (exitCode !== 0) throw new Error(`${what}: terraform ended with ${exitCode}\n${stdout}${stderr}`);
    say(what);
  }
  const { gaps, failures } = talk.api.cloud;
  if (gaps.length + failures.length > 0) throw new Error([...gaps, ...failures].join("\n"));
  await writeFile(file, conversationText(heading, talk.api.recorded));
  say(
    `${talk.api.recorded.length} requests are in tests/golden/digitalocean-conversation.jsonl; review the diff as code`,
  );
} finally {
  await talk.stop();
}
