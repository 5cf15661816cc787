// A deploy and a destroy that meet a bad day, or an impatient hand, and the next run that finishes them; eight of the cases
// of `npm run test:faults`.
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ALWAYS, type Case } from "./faults/cases.ts";
import { type Outcome, ordeal } from "./faults/ordeal.ts";
import { type Deployed, type FaultsRig, startFaultsRig } from "./faults/rig.ts";
import { startTalk } from "./stand-in/conversation.ts";

const talk = await startTalk();
if ("missing" in talk) {
  process.stderr.write(`SKIPPED: disturbed deploys with the real provider, for want of it:\n  ${talk.missing}\n`);
} else {
  await talk.stop();
}

async function deployed(): Promise<Deployed> {
  const rig = await startFaultsRig();
  try {
    expect(await rig.run("deploy")).toMatchObject({ exitCode: 0 });
    return { exchanges: [...rig.api.recorded], state: await readFile(rig.statePath, "utf8") };
  } finally {
    await rig.stop();
  }
}

async function survived(one: Omit<Case, "name">): Promise<Outcome> {
  const outcome = await ordeal({ name: "", ...one }, one.command === "destroy" ? await deployed() : undefined);
  const { wrong, first, second } = outcome;
  expect(wrong.length === 0 ? [] : [...wrong, first.text, second.text]).toEqual([]);
  return outcome;
}

const faulty = (command: Case["command"], call: string, kind: Case["faults"][number]["kind"], times = 1) => ({
  command,
  faults: [{ call, nth: 1, kind, times }],
});

// The name is known to cli/bootstrap/test.mjs.
describe.skipIf("missing" in talk).concurrent("with the real provider", { timeout: 600_000 }, () => {
  test("a droplet that was made twice is named, and swept", async () => {
    const { first, strays } = await survived(faulty("deploy", "POST /v2/droplets", "error-after"));
    expect(first.exitCode).toBe(0);
    expect(strays).toEqual([expect.stringMatching(/^droplet \d+$/)]);
    expect(first.text).toContain("Look at what they hold, then run `bednet deploy --sweep` to remove them.");
  });

  test("an assignment that was never answered is known to the next run", async () => {
    const { first, second } = await survived(faulty("deploy", "POST /v2/reserved_ips/*/actions", "hang-after"));
    expect(first.exitCode).toBe(2);
    expect(first.text.split("\n").slice(-3)).toEqual([
      "digitalocean_reserved_ip_assignment.assignment: no end after 30 s, so Terraform was stopped",
      "Its provider's API did not answer. The state holds what was done: run the command again, and it goes on from there.",
      "",
    ]);
    expect(second.text).toContain("Terraform was kept from writing down what it did: mending its state.");
  });

  test("a key that was made and not answered is taken in", async () => {
    const { first, second } = await survived(faulty("deploy", "POST /v2/account/keys", "error-after"));
    expect(first.exitCode).toBe(1);
    expect(second.text).toMatch(/Terraform's state does not know SSH key \d+ \(bednet-small-farm\): taking it in\./);
  });

  test("an API that always fails is named, and nothing was changed", async () => {
    const { first } = await survived(faulty("deploy", "GET /v2/sizes", "error-before", ALWAYS));
    expect(first.exitCode).toBe(1);
    expect(first.text).toContain("GET http://127.0.0.1");
  });

  test("a deletion that is never answered is stopped, and done by the next run", async () => {
    const { first } = await survived(faulty("destroy", "DELETE /v2/droplets/*", "hang-before"));
    expect(first.exitCode).toBe(2);
  });

  test("SIGTERM while the droplet is made", async () => {
    const at = "creating digitalocean_droplet.droplet";
    const { first } = await survived({ command: "deploy", faults: [], signal: { name: "SIGTERM", at } });
    expect(first.text).toContain("Stopping: Terraform ends what it has begun and writes its state");
  });

  test.each(["a second Ctrl-C", "SIGKILL"])(
    "after %s Terraform ends by itself, and holds the state until then",
    async (how) => {
      const rig = await startFaultsRig();
      try {
        const run = rig.start("deploy");
        await run.hears(/^creating digitalocean_droplet\.droplet$/m);
        if (how === "SIGKILL") run.process.kill("SIGKILL");
        else {
          run.process.kill("SIGINT");
          await run.hears(/^Stopping: /m);
          run.process.kill("SIGINT");
        }
        expect((await run.ended).exitCode).toBe(how === "SIGKILL" ? null : 130);
        let next = await rig.run("deploy");
        if (how === "SIGKILL") {
          expect(next.exitCode).toBe(2);
          expect(next.text).toMatch(/^another run holds the state: \S+, since .*\nWait until it has ended, /m);
        }
        for (let tries = 0; next.exitCode !== 0 && tries < 10; tries++) {
          await sleep(3_000);
          next = await rig.run("deploy");
        }
        expect(next).toMatchObject({ exitCode: 0 });
        expect((await rig.plan()).exitCode).toBe(0);
        expect(await unnamed(rig, next.text)).toEqual([]);
      } finally {
        await rig.stop();
      }
    },
  );
});

const unnamed = async (rig: FaultsRig, text: string): Promise<string[]> =>
  (await rig.strays()).filter((each) => !text.includes(each.split(" ")[1]!));
