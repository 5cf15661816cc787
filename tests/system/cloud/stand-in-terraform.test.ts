// The stand-in for DigitalOcean's API is good enough for the real Terraform with the real provider, from apply to destroy.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { conversationText, parseConversation, replay } from "../../../sandbox/digitalocean/recording.ts";
import { heading, startTalk, steps, type Talk } from "./stand-in/conversation.ts";

const talk = await startTalk();
if ("missing" in talk) {
  process.stderr.write(`SKIPPED: the stand-in with the real provider, for want of it:\n  ${talk.missing}\n`);
}

// The name is known to cli/bootstrap/test.mjs: of all that may be missing, only this is in no package.
describe.skipIf("missing" in talk)("with the real provider", () => {
  const { api, folder, terraform, stop } = talk as Talk;
  afterAll(() => stop());

  test.each(steps)("%s", async (_, [command, ...args]) => {
    const { exitCode, stdout, stderr } = await terraform(command, ...args);
    expect(exitCode === 0 ? "done" : `${exitCode}\n${stdout}${stderr}`).toBe("done");
    expect([api.cloud.gaps, api.cloud.failures]).toEqual([[], []]);
    for (const name of (await readdir(folder)).filter((file) => file.startsWith("terraform.tfstate"))) {
      expect(await readFile(join(folder, name), "utf8")).not.toContain(api.token);
    }
  });

  test("nothing is left but the customer's own zone", () => {
    const { keys, tags, droplets, reserved, domains, firewalls, projects, policies, checks } = api.cloud;
    expect([keys, tags, droplets, reserved, firewalls, policies, checks].flat()).toEqual([]);
    expect(projects.map(({ isDefault, resources }) => [isDefault, [...resources.keys()]])).toEqual([
      [true, ["do:domain:example.com"]],
    ]);
    expect(domains.map(({ name, records }) => [name, records.map(({ type }) => type)])).toEqual([
      ["example.com", ["SOA", "NS", "NS", "NS", "A"]],
    ]);
  });

  test("the conversation can be replayed as it was", async () => {
    const text = conversationText(heading, api.recorded);
    expect(await replay(parseConversation(text))).toEqual([]);
    expect(text).not.toContain(api.token);
  });
});
