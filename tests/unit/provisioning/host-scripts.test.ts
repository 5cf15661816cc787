// The shell that runs on hosts, read by the shells and by shellcheck as it is sent: with everything around it.
import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../fleet/secret.ts";
import { difference } from "../../../provisioning/difference.ts";
import { inheritDatabase } from "../../../provisioning/inherit.ts";
import { lookAt } from "../../../provisioning/look.ts";
import { parseObserved } from "../../../provisioning/observed.ts";
import { runChanges } from "../../../provisioning/run.ts";
import { runbook } from "../../../provisioning/runbook.ts";
import type { Host } from "../../../remote/host.ts";
import { bundle, lookText } from "./sample.ts";

const password = "a-password-of-24-letters";

/** What would be sent to a bare host: the look, what takes a run in, and the run itself with a call of every kind. And to two, one of which follows the other. */
async function sent(): Promise<Record<"look" | "receive" | "run" | "hand over" | "take over", string>> {
  const scripts: string[] = [];
  let stdin = Buffer.alloc(0);
  const host: Host = {
    ...{ name: "host", user: "root", close: async () => {} },
    run: async ({ text }, options = {}) => {
      scripts.push(text);
      if (Buffer.isBuffer(options.stdin)) stdin = Buffer.from(options.stdin);
      return { stdout: lookText(), stderr: "", exitCode: 0 };
    },
  };
  await lookAt(host, "0".repeat(64));
  const nothing = Object.fromEntries(
    runbook.flatMap(({ entries }) => entries.map(({ resource, name }) => [`${resource.kind} ${name}`, "absent"])),
  );
  const changes = difference(runbook, bundle, parseObserved("host", lookText({}, [], nothing)));
  await runChanges(host, changes, {
    prover: { name: "bednet-prover", password: new Secret(password) },
    ...{ seenRun: "never", adopt: ["/etc/mosquitto/conf.d/it's mine.conf"], onLine: () => {} },
  });
  const [look = "", receive = ""] = scripts;
  const codeBytes = Number(/code_bytes='(\d+)'/.exec(receive)![1]);
  expect(Number(/all_bytes='(\d+)'/.exec(receive)![1])).toBe(stdin.length);
  const run = stdin.subarray(0, codeBytes).toString();
  scripts.length = 0;
  await inheritDatabase(host, host);
  const [takeOver = "", handOver = ""] = scripts;
  return { look, receive, run, "hand over": handOver, "take over": takeOver };
}

const scripts = await sent();
const names = Object.keys(scripts) as (keyof typeof scripts)[];

describe.each(names)("%s", (name) => {
  test.each(["sh", "dash", "bash"])("%s reads it", (shell) => {
    const { status, stderr } = spawnSync(shell, ["-n"], { input: scripts[name], encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  // SC1091: /etc/os-release is the host's. SC2016: $SYS is a topic. SC2043, SC2041: a list may have one element.
  test("shellcheck has nothing to say", () => {
    const argv = ["--shell=dash", "--exclude=SC1091,SC2016,SC2041,SC2043", "-"];
    const { status, stdout } = spawnSync("shellcheck", argv, { input: scripts[name], encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });

  test("holds no password and no hash: what it needs of them travels on stdin", () => {
    expect(scripts[name]).not.toContain(password);
    expect(scripts[name]).not.toContain("$7$");
  });
});

test("a part is cut out exactly, an empty one too", () => {
  const [part] = /^part\(\).*$/m.exec(scripts.run)!;
  const cut = (offset: number, length: number) =>
    execFileSync(
      "dash",
      ["-c", `work=$(mktemp -d); printf 'éinszwei' >"$work/payload"\n${part}\npart ${offset} ${length}; rm -r "$work"`],
      {
        encoding: "utf8",
      },
    );
  expect([cut(0, 5), cut(5, 4), cut(3, 0), cut(9, 0)]).toEqual(["éins", "zwei", "", ""]);
});
