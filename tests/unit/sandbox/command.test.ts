import { expect, test } from "vitest";
import { CommandFailed, forChildren, run, runAny } from "../../../sandbox/command.ts";

test("stdin, stdout and lines", async () => {
  const lines: string[] = [];
  const stdout = await run(["sh", "-c", "cat; printf 'b\\nc'"], { stdin: "a\n", onLine: (line) => lines.push(line) });
  expect(stdout).toBe("a\nb\nc");
  expect(lines).toEqual(["a", "b"]);
});

test("a failure carries what the program said", async () => {
  const failed = run(["sh", "-c", "echo out; echo why >&2; exit 3"]);
  await expect(failed).rejects.toBeInstanceOf(CommandFailed);
  await expect(failed).rejects.toThrow("ended with 3:\n  why");
  expect(await runAny(["sh", "-c", "exit 3"])).toMatchObject({ exitCode: 3 });
});

test("a program that is not there", async () => {
  await expect(run(["bednet-no-such-program"])).rejects.toMatchObject({ code: "ENOENT" });
});

test("an abort ends the program and its children, and rejects with the reason", async () => {
  const controller = new AbortController();
  const started = Date.now();
  const running = run(["sh", "-c", "sleep 60 & sleep 60"], { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 50);
  await expect(running).rejects.toThrow("enough");
  expect(Date.now() - started).toBeLessThan(4_000);
});

test("no setting of ours is inherited: the fleet's key is one", async () => {
  const env = { PATH: process.env.PATH, BEDNET_KEY: "secret", BEDNET_VERIFY_KEY: "secret", HOME: "/root" };
  expect(forChildren(env)).toEqual({ PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`, HOME: "/root" });
  expect(await run(["env"], { env })).not.toContain("BEDNET_");
});
