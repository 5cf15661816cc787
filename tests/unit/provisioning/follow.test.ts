// How a run ended, in words, and with which exit code.
import { describe, expect, test } from "vitest";
import type { Problem } from "../../../fleet/problem.ts";
import { type FollowOptions, follow } from "../../../provisioning/follow.ts";
import type { Host, Output } from "../../../remote/host.ts";

const ended = (exitCode: number | null, stderr = ""): Output => ({ exitCode, stderr, stdout: "" });

/** Follows a run that prints these lines and ends so. */
async function followed(lines: readonly string[], ending: Output, connectAgain: FollowOptions["connectAgain"] = never) {
  const progress: string[] = [];
  const scripts: string[] = [];
  const host: Host = {
    ...{ name: "host", user: "root", close: async () => {} },
    run: async ({ text }) => {
      scripts.push(text);
      return ended(0);
    },
  };
  const run = async (onLine: (line: string) => void) => {
    for (const line of lines) onLine(line);
    return ending;
  };
  const options = { connectAgain, onProgress: (line: string) => void progress.push(line) };
  const result = await follow(host, "step packages", run, options).catch((error: Problem) => error);
  return { result, progress, scripts };
}
const never = () => Promise.reject(new Error("no second login was asked for"));

test("progress is told in the runbook's words, control characters escaped", async () => {
  const lines = ["bednet-step: broker", "bednet: reloading\u001b[31m", "some noise"];
  const { result, progress } = await followed(lines, ended(0));
  expect(result).toEqual({ outcome: "done", events: [] });
  expect(progress).toEqual(["Mosquitto runs with TLS, passwords, grants and limits in force", "  reloading\\x1b[31m"]);
});

describe("endings", () => {
  test.each([
    [76, "overtaken"],
    [77, "no generation"],
  ])("%i: %s", async (exitCode, outcome) =>
    expect((await followed(["bednet-event: effect reload"], ended(exitCode))).result).toEqual({
      outcome,
      events: ["effect reload"],
    }),
  );

  const cases: [string, string[], Output, string, 1 | 2][] = [
    ["a dropped link", ["bednet-step: broker"], ended(null), "host: the connection dropped during step broker", 2],
    [
      "a deadline",
      [],
      ended(null, "noise\nno end within 1800 s"),
      "host: the connection dropped during step packages (no end within 1800 s)",
      2,
    ],
    ["half an upload", [], ended(75), "host: the upload arrived incomplete", 2],
    [
      "a failure, with what this step said and nothing of earlier ones",
      ["bednet-step: packages", "old news", "bednet-step: broker", "cat: no \u0007space", "bednet: could not write"],
      ended(1),
      "host: step broker failed with exit code 1\n  cat: no \\x07space\n  could not write",
      1,
    ],
    ["a signal", ["bednet-step: broker"], ended(137), "host: step broker was killed (exit code 137)", 2],
  ];
  test.each(cases)("%s", async (_what, lines, ending, message, exitCode) =>
    expect((await followed(lines, ending)).result).toMatchObject({ name: "Problem", message, exitCode }),
  );
});

describe("the firewall's confirmation", () => {
  const asks = ["bednet-event: confirm-firewall /run/bednet/incoming.x/login"];
  const second = (exitCode: number | null) => {
    const scripts: string[] = [];
    const host: Host = {
      ...{ name: "host", user: "root", close: async () => void scripts.push("closed") },
      run: async ({ text }) => {
        scripts.push(text);
        return ended(exitCode);
      },
    };
    return { host, scripts };
  };

  test("comes through a second login, which is closed", async () => {
    const { host, scripts } = second(0);
    const { result, scripts: first } = await followed(asks, ended(0), async () => host);
    expect(result).toEqual({ outcome: "done", events: [] });
    expect(scripts).toEqual(["echo through >'/run/bednet/incoming.x/login'", "closed"]);
    expect(first).toEqual([]);
  });

  test.each([
    ["no login", () => Promise.reject(new Error("no answer within 20 s"))],
    ["a login that drops", async () => second(null).host],
  ])("%s: the host is told over the first one, and the reason is in the message", async (_what, connectAgain) => {
    const { result, scripts } = await followed(asks, ended(1), connectAgain);
    expect(scripts).toEqual(["echo shut >'/run/bednet/incoming.x/login'"]);
    expect((result as Problem).message).toMatch(/no answer within 20 s|the connection dropped before it finished/);
  });

  test("Ctrl-C meanwhile ends the run and leaves no rejection that nobody hears", async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown): void => void unheard.push(reason);
    process.on("unhandledRejection", hear);
    const controller = new AbortController();
    // As a connection that was cut by the signal: nothing can be said over it, and no other one is made.
    const aborted = () =>
      new Promise<never>((_, reject) => {
        controller.signal.addEventListener("abort", () => reject(controller.signal.reason));
      });
    const host: Host = {
      ...{ name: "host", user: "root", close: async () => {} },
      run: async () => controller.signal.throwIfAborted() ?? ended(0),
    };
    const run = (onLine: (line: string) => void) => {
      onLine(asks[0]!);
      return aborted();
    };
    const following = follow(host, "step firewall", run, { connectAgain: aborted, onProgress: () => {} });
    controller.abort();
    await expect(following).rejects.toBe(controller.signal.reason);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", hear);
    expect(unheard).toEqual([]);
  });
});
