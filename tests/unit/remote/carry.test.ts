// What one host prints reaches another whole, or does not count: every way in which a carrying can end.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { arriveScript, carry } from "../../../remote/carry.ts";
import type { Host } from "../../../remote/host.ts";
import { sh } from "../../../remote/sh.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bednet-carry-"));
  file = join(folder, "arrived");
});
afterEach(() => rm(folder, { recursive: true }));

/** A shell on this machine; `dropAfterBytes`: its link goes away there, without a word. */
function shell(dropAfterBytes = Number.POSITIVE_INFINITY): Host {
  return {
    name: "here",
    user: "root",
    close: async () => {},
    run: (script, { stdin, stdout } = {}) =>
      new Promise((resolve) => {
        const child = spawn("sh", ["-c", script.text], { stdio: ["pipe", "pipe", "pipe"] });
        let bytes = 0;
        let stderr = "";
        const drop = () => child.kill("SIGKILL");
        child.stdin.on("error", () => {});
        child.stderr.on("data", (chunk) => {
          stderr += chunk;
        });
        child.stdout.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > dropAfterBytes) return drop();
          if (stdout?.write(chunk) === false) {
            child.stdout.pause();
            stdout.once("drain", () => child.stdout.resume());
          }
        });
        if (stdin instanceof Readable) stdin.pipe(child.stdin);
        else child.stdin.end(stdin ?? "");
        child.on("close", (code) => resolve({ stdout: "", stderr, exitCode: code }));
      }),
  };
}

const receive = (path: string) => sh`set -eu\n${arriveScript}\narrive ${path}\n: >${`${path}.counts`}`;
const counts = () =>
  stat(`${file}.counts`).then(
    () => true,
    () => false,
  );
const carried = (from: string, link = shell()) =>
  carry({ host: link, script: sh`sh -c ${from}` }, { host: shell(), script: receive(file) }, 20_000);

test("every byte arrives, and is what was sent", async () => {
  const { from, to } = await carried("seq 200000; printf '\\000\\377'");
  expect([from.exitCode, to.exitCode]).toEqual([0, 0]);
  const text = await readFile(file);
  expect(text.length).toBe(1_288_895 + 2);
  expect([...text.subarray(-4)]).toEqual([0x30, 0x0a, 0x00, 0xff]);
  expect(await counts()).toBe(true);
});

test("nothing at all arrives too", async () => {
  const { to } = await carried("true");
  expect(to.exitCode).toBe(0);
  expect((await stat(file)).size).toBe(0);
});

test("a sender that fails leaves the receiver without it", async () => {
  const { from, to } = await carried("seq 1000; exit 3");
  expect([from.exitCode, to.exitCode, await counts()]).toEqual([3, 75, false]);
});

test("a link of the sender that drops leaves the receiver without it", async () => {
  const { from, to } = await carried("seq 200000", shell(100_000));
  expect([from.exitCode, to.exitCode, await counts()]).toEqual([null, 75, false]);
});

test("a receiver that gives up stops the sender", async () => {
  const { to } = await carry(
    { host: shell(), script: sh`seq 3000000` },
    { host: shell(), script: sh`head -c 10 >/dev/null; exit 9` },
    20_000,
  );
  expect(to.exitCode).toBe(9);
});

test("a receiver whose link closes only after it has given up stops the sender too", async () => {
  const late: Host = {
    ...shell(),
    run: async (_, { stdin } = {}) => {
      const link = new Writable({ highWaterMark: 10, write() {} });
      (stdin as Readable).pipe(link);
      await once(stdin as Readable, "pause");
      setTimeout(() => link.destroy(), 50);
      return { stdout: "", stderr: "", exitCode: 9 };
    },
  };
  const { to } = await carry({ host: shell(), script: sh`seq 300000` }, { host: late, script: sh`` }, 20_000);
  expect(to.exitCode).toBe(9);
});
