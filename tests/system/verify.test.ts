// verify against real brokers: side by side, in a hurry, over IPv6, and where nothing can be proven.
import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Outcome } from "../../checks/check.ts";
import { DELIBERATE_FAILURES } from "../../checks/deliberate.ts";
import { exitCodeOf, type Report } from "../../checks/report.ts";
import { verify } from "../../checks/verify.ts";
import { asDevice, isFrom21, type Rig, startRig } from "./broker-rig.ts";

const ids = (report: Report, outcome: Outcome): string[] =>
  report.findings.filter(({ verdict }) => verdict.outcome === outcome).map(({ check }) => check.id);
const notPassed = (report: Report) => report.findings.filter(({ verdict }) => verdict.outcome !== "pass");

/** Stopped also when the test fails. */
async function rigOfTest(...args: Parameters<typeof startRig>): Promise<Rig> {
  const rig = await startRig(...args);
  onTestFinished(() => rig.broker.stop());
  return rig;
}

describe("a healthy broker", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig("patterns");
  });
  afterAll(() => rig.broker.stop());

  test("four verifications at once disturb neither each other nor a device", async () => {
    const device = await asDevice(rig, "soil-1");
    const service = await asDevice(rig, "dashboard");
    const seen: string[] = [];
    const dropped: string[] = [];
    for (const client of [device, service]) {
      client.on("close", () => dropped.push(client.options.clientId!));
      client.on("message", (topic) => seen.push(topic));
    }
    await service.subscribeAsync("#");
    const target = { ...rig.target, limit: 1_000 }; // their probes alone would fill the small one
    for (let round = 0; round < 5; round++) {
      const reports = await Promise.all([1, 2, 3, 4].map(() => verify(target)));
      expect(reports.flatMap(notPassed)).toEqual([]);
    }
    expect(dropped).toEqual([]);
    expect(seen).toEqual([]);
    await Promise.all([device.endAsync(), service.endAsync()]);
  });

  test("what fails on purpose is what it says, and nothing stays behind", async (context) => {
    context.skip(isFrom21(rig), "mosquitto 2.1 words its log differently");
    const before = (await readFile(rig.broker.logFile, "utf8")).length;
    await verify(rig.target);
    await sleep(300);
    const log = (await readFile(rig.broker.logFile, "utf8")).slice(before);
    const count = (pattern: RegExp): number => log.match(pattern)?.length ?? 0;
    // A connection that is over before the broker looks at it has a line of another kind.
    const connections = count(/New connection from|Client connection from .* failed/g);
    const logins = count(/New client connected from/g);
    const refused = count(/disconnected, not authorised/g);
    const expected = DELIBERATE_FAILURES.refusedLogins.reduce((sum, { times }) => sum + times, 0);
    expect(refused).toBe(expected);
    expect(connections - logins - refused).toBe(DELIBERATE_FAILURES.connectionsWithoutLogin);
    expect(count(/Client bednet-probe-\S+ disconnected\./g)).toBe(logins);
  });

  test.each([5, 20, 40, 60])("stops for its signal after %d ms, and leaves no connection open", async (ms) => {
    const before = await socketsOf(rig.broker.pid);
    const stop = new AbortController();
    const run = verify(rig.target, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("Ctrl-C")), ms);
    await run.catch((error: Error) => expect(error.message).toBe("Ctrl-C"));
    await sleep(200);
    expect(await socketsOf(rig.broker.pid)).toBe(before);
  });

  test("a deadline ends it, and says so", async () => {
    const report = await verify(rig.target, { deadlineMs: 1 });
    expect(ids(report, "unknown").length).toBeGreaterThan(10);
    const last = report.findings.at(-1)!.verdict;
    expect(last).toMatchObject({ outcome: "unknown", because: expect.stringContaining("0.001 s") });
    expect(exitCodeOf(report)).toBe(2);
  });
});

test("an IPv6 address", async () => {
  const rig = await rigOfTest("sections", {
    edit: {
      "bednet-listeners.conf": (text, { facts }) => {
        const [, options = ""] = new RegExp(`listener ${facts.ports.tls}\n([^]*?)\n\n`).exec(text) ?? [];
        return `${text}\nlistener ${facts.ports.tls} ::1\n${options}\n`;
      },
    },
    target: (target) => ({ ...target, address: "::1" }),
  });
  expect(notPassed(await verify(rig.target))).toEqual([]);
});

test("pooled classes are skipped, and that is no failure", async () => {
  const rig = await rigOfTest("sections", { fleet: (yaml) => `${yaml}access: pooled\n` });
  const report = await verify(rig.target);
  expect(ids(report, "skip")).toEqual(["class-isolation"]);
  expect(exitCodeOf(report)).toBe(0);
});

test("an ACL that denies everything proves nothing", async () => {
  const rig = await rigOfTest("patterns", { edit: { acl: () => "# nobody may do anything\n" } });
  const report = await verify(rig.target);
  expect(ids(report, "fail")).toEqual([]);
  expect(ids(report, "unknown")).toEqual([
    "publish-denied",
    "subscribe-denied",
    "class-isolation",
    "sys-hidden",
    "connection-headroom",
  ]);
});

test("a watcher that may not see $SYS proves nothing about it", async () => {
  const rig = await rigOfTest("sections", { edit: { acl: (text) => text.replaceAll("topic read $SYS/#\n", "") } });
  const report = await verify(rig.target);
  expect(ids(report, "fail")).toEqual([]);
  expect(ids(report, "unknown")).toEqual(["sys-hidden", "connection-headroom"]);
});

test("an ACL file that vanished before a reload opens everything, and is seen", async (context) => {
  const rig = await rigOfTest("patterns");
  context.skip(isFrom21(rig), "mosquitto 2.1 exits instead");
  await rm(`${rig.broker.facts.paths.broker}/acl`);
  await rig.broker.reload();
  const report = await verify(rig.target);
  expect(ids(report, "fail")).toEqual(["publish-denied", "subscribe-denied", "class-isolation", "sys-hidden"]);
});

async function socketsOf(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => "")));
  return links.filter((link) => link.startsWith("socket:")).length;
}
